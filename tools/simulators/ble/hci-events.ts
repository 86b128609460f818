import type { DeviceAddress } from './device-address.ts';
import { EVENT, LE_EVENT, type Status } from './hci-codes.ts';
import { encodePacket } from './hci-packet.ts';

/** Timing of a link in the units of the wire: 1.25 ms, intervals, 10 ms. */
export interface ConnectionTiming {
  readonly interval: number;
  readonly latency: number;
  readonly supervisionTimeout: number;
}

export interface ConnectedEvent {
  readonly status: Status;
  readonly handle: number;
  /** Values of `ROLE`. */
  readonly role: number;
  readonly peer: DeviceAddress;
  readonly timing: ConnectionTiming;
}

export interface AdvertisingReport {
  /** Values of `ADVERTISEMENT`. */
  readonly type: number;
  readonly address: DeviceAddress;
  readonly data: Buffer;
  readonly rssiDbm: number;
}

/** The answer to a command that is done at once. The host may send one more. */
export function commandComplete(opcode: number, status: Status, result: Buffer = Buffer.alloc(0)): Buffer {
  return event(EVENT.commandComplete, [1, ...word(opcode), status], result);
}

/** The answer to a command whose end comes as another event, or that is not known. */
export function commandStatus(opcode: number, status: Status): Buffer {
  return event(EVENT.commandStatus, [status, 1, ...word(opcode)]);
}

export function disconnected(handle: number, reason: Status): Buffer {
  return event(EVENT.disconnected, [0, ...word(handle), reason]);
}

/** Gives the host room for so many packets more on a link. */
export function packetsCompleted(handle: number, count: number): Buffer {
  return event(EVENT.packetsCompleted, [1, ...word(handle), ...word(count)]);
}

export function connected({ status, handle, role, peer, timing }: ConnectedEvent): Buffer {
  const head = [LE_EVENT.connected, status, ...word(handle), role, peer.type, ...peer.bytes];
  return event(EVENT.leMeta, [...head, ...timingBytes(timing), 0]);
}

export function connectionUpdated(handle: number, timing: ConnectionTiming): Buffer {
  return event(EVENT.leMeta, [LE_EVENT.connectionUpdated, 0, ...word(handle), ...timingBytes(timing)]);
}

export function advertisingReport({ type, address, data, rssiDbm }: AdvertisingReport): Buffer {
  const head = [LE_EVENT.advertisingReport, 1, type, address.type, ...address.bytes, data.byteLength];
  return event(EVENT.leMeta, head, data, Buffer.from([rssiDbm & 0xff]));
}

function event(code: number, head: readonly number[], ...rest: Buffer[]): Buffer {
  return encodePacket({ kind: 'event', code, parameters: Buffer.concat([Buffer.from(head), ...rest]) });
}

function timingBytes({ interval, latency, supervisionTimeout }: ConnectionTiming): number[] {
  return [...word(interval), ...word(latency), ...word(supervisionTimeout)];
}

const word = (value: number): [number, number] => [value & 0xff, value >> 8];
