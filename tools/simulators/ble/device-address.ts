export type AddressType = 0 | 1;

/** Address of a device as it lies on the wire, lowest byte first. Types: 0 public, 1 random. */
export interface DeviceAddress {
  readonly type: AddressType;
  readonly bytes: Buffer;
}

const PUBLIC_PREFIX = [0xaa, 0x01]; // bytes 4 and 3 as people write it: 00:aa:01:..., an address that nobody bought

/** The public address of the virtual controller with this number: `00:aa:01:00:hh:ll`. */
export function publicAddress(index: number): DeviceAddress {
  return { type: 0, bytes: Buffer.from([index & 0xff, index >> 8, 0, PUBLIC_PREFIX[1]!, PUBLIC_PREFIX[0]!, 0]) };
}

export const isSameAddress = (a: DeviceAddress, b: DeviceAddress): boolean =>
  a.type === b.type && a.bytes.equals(b.bytes);
