import { readUuidReversed } from './uuid.ts';

// AD structures [Bluetooth Core 5.4, Vol 3, Part C, 11], one behind the other:
//
//  0           1
//  +-----------+---------+-------------------+
//  | length u8 | type u8 | length - 1 bytes  |
//  +-----------+---------+-------------------+
//
// Length 0, or one beyond the end, ends them.

const TYPE = { shortName: 0x08, name: 0x09, manufacturer: 0xff } as const;
/** Bytes of a UUID, by the types that list them. */
const LISTS: Readonly<Record<number, number>> = { 2: 2, 3: 2, 4: 4, 5: 4, 6: 16, 7: 16 };
/** The same, by the types of data that begin with one. */
const DATA: Readonly<Record<number, number>> = { 22: 2, 32: 4, 33: 16 };

/** What filters look at in an advertisement. */
export interface Advertised {
  /** UUIDs of services, also of those that data are given for. */
  readonly services: ReadonlySet<string>;
  readonly manufacturers: ReadonlySet<number>;
  readonly name: string | undefined;
}

/** Reads what filters need from an advertisement and the scan response to it. */
export function readAdvertised(...parts: readonly Uint8Array[]): Advertised {
  const services = new Set<string>();
  const manufacturers = new Set<number>();
  let name: string | undefined;
  for (const bytes of parts) {
    for (let at = 0; at + 1 < bytes.length && bytes[at]! > 0; at += 1 + bytes[at]!) {
      const type = bytes[at + 1]!;
      const start = at + 2;
      const end = at + 1 + bytes[at]!;
      if (end > bytes.length) break;
      const listed = LISTS[type];
      const ofData = DATA[type];
      if (listed !== undefined)
        for (let i = start; i + listed <= end; i += listed) services.add(readUuidReversed(bytes, i, listed));
      else if (ofData !== undefined && start + ofData <= end) services.add(readUuidReversed(bytes, start, ofData));
      else if (type === TYPE.manufacturer && start + 2 <= end)
        manufacturers.add(bytes[start]! | (bytes[start + 1]! << 8));
      else if (type === TYPE.name || (type === TYPE.shortName && name === undefined))
        name = new TextDecoder().decode(bytes.subarray(start, end));
    }
  }
  return { services, manufacturers, name };
}
