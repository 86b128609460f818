/** Limits of what a radio and its peers may do; `docs/limits.md` is compared with this table. */
export const BLE_LIMITS = {
  /** Longest value of a characteristic [Bluetooth Core 5.4, Vol 3, Part F, 3.2.9]. */
  valueBytes: 512,
  /** Longest ATT packet that we offer to take. */
  mtu: 517,
  /** Longest advertisement, and longest scan response. */
  advertisementBytes: 255,
  /** Services and characteristics of one peer together. */
  attributes: 1_024,
  /** Requests of a peer, which takes us for a server, on one link. */
  peerRequests: 256,
  /** Links of one adapter at the same time. */
  connections: 16,
  /** Requests of one module that wait for a device. */
  requests: 64,
  /** Characteristics of one device that one module subscribes to. */
  subscriptions: 64,
  /** Senders that one device of type `ble-scan` knows at the same time. */
  senders: 1_024,
} as const;
