import type { AddressType, DeviceAddress } from './device-address.ts';
import { STATUS, type Status } from './hci-codes.ts';
import type { ConnectionTiming } from './hci-events.ts';

/** A connection that a central waits for: it comes about when the peer next advertises. */
export interface ConnectionRequest {
  readonly peer: DeviceAddress;
  readonly ownAddressType: AddressType;
  readonly timing: ConnectionTiming;
}

//  0 scan interval | 2 window | 4 filter policy | 5 peer type | 6 peer | 12 own type | 13 timing | 21 event lengths

export function decodeConnectionRequest(bytes: Buffer): ConnectionRequest | Status {
  const [filter, peerType, ownAddressType] = [bytes[4]!, bytes[5]!, bytes[12]!];
  if (filter > 1 || peerType > 3 || ownAddressType > 3) return STATUS.invalidParameters;
  if (filter !== 0 || peerType > 1 || ownAddressType > 1) return STATUS.unsupported;
  const timing = decodeTiming(bytes.subarray(13));
  if (typeof timing === 'number') return timing;
  const peer: DeviceAddress = { type: peerType as AddressType, bytes: Buffer.from(bytes.subarray(6, 12)) };
  return { peer, ownAddressType: ownAddressType as AddressType, timing };
}

//  0 shortest interval | 2 longest | 4 latency | 6 supervision timeout

/** Reads the timing of a link; its interval is the longest that was asked for. [BT-4-E-7.8.12] */
export function decodeTiming(bytes: Buffer): ConnectionTiming | Status {
  const [shortest, interval] = [bytes.readUInt16LE(0), bytes.readUInt16LE(2)];
  const [latency, supervisionTimeout] = [bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
  const isInRange =
    shortest >= 6 &&
    shortest <= interval &&
    interval <= 0x0c80 &&
    latency <= 499 &&
    supervisionTimeout >= 10 &&
    supervisionTimeout <= 0x0c80;
  // A link must outlive two events of the peripheral: intervals count 1.25 ms, the timeout 10 ms.
  if (!isInRange || supervisionTimeout * 4 <= (1 + latency) * interval) return STATUS.invalidParameters;
  return { interval, latency, supervisionTimeout };
}
