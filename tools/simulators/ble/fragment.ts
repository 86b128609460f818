/** ACL data that fit into one packet, and whether an L2CAP frame begins with them. */
export interface Fragment {
  readonly isFirst: boolean;
  readonly data: Buffer;
}

/** How much ACL data a controller takes in one packet, and how many packets at a time; it tells its host so. */
export const ACL_ROOM = { bytes: 251, packets: 8 } as const;
