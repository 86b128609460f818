import type { RegisterRange, Table } from './register-range.ts';

/** A read of one range. The function code is the table. */
export interface ReadRequest extends RegisterRange {
  readonly kind: 'read';
}

/** Function codes that write and nothing else: one coil, one register, several coils, several registers. */
export type WriteFunction = 5 | 6 | 15 | 16;

/** A write of one range, with a value for each address: 0 or 1 for coils. */
export interface WriteRequest extends RegisterRange {
  readonly kind: 'write';
  readonly function: WriteFunction;
  readonly values: Uint16Array;
  /** Milliseconds after the request at which it must not be sent any more. */
  readonly expiryMs: number;
}

/** Changes bits of one holding register in the device: it becomes (register and `andMask`) or (`orMask` and not `andMask`). */
export interface MaskWriteRequest {
  readonly kind: 'mask-write';
  readonly address: number;
  readonly andMask: number;
  readonly orMask: number;
  readonly expiryMs: number;
}

/** A write of holding registers and then a read of others, as one transaction of the device. */
export interface ReadWriteRequest {
  readonly kind: 'read-write';
  /** What is read. */
  readonly address: number;
  readonly count: number;
  /** What is written before. */
  readonly writeAddress: number;
  readonly values: Uint16Array;
  readonly expiryMs: number;
}

/** How much of its identification a device is asked for: basic, regular, extended. Each contains the one before. */
export type IdentificationLevel = 1 | 2 | 3;

/** Asks what a device is: objects from `objectId` on, as many as fit into one answer. */
export interface IdentifyRequest {
  readonly kind: 'identify';
  readonly level: IdentificationLevel;
  readonly objectId: number;
}

/** Wants the readings of a poll that the gateway configuration declares. */
export interface SubscribeRequest {
  readonly kind: 'subscribe';
  /** Name of the poll, UTF-8. */
  readonly poll: Uint8Array;
}

/** A request that changes the device: sent once, never after its expiry, and audited. */
export type WritingRequest = WriteRequest | MaskWriteRequest | ReadWriteRequest;

/** A request that goes to the device as one frame. */
export type PduRequest = ReadRequest | IdentifyRequest | WritingRequest;

export type ModbusRequest = PduRequest | SubscribeRequest;

export const MASK_WRITE = 22;
export const READ_WRITE = 23;
export const IDENTIFY = 43;

export function functionOf(request: PduRequest): number {
  switch (request.kind) {
    case 'read':
      return request.table;
    case 'write':
      return request.function;
    case 'mask-write':
      return MASK_WRITE;
    case 'read-write':
      return READ_WRITE;
    case 'identify':
      return IDENTIFY;
    default:
      return request satisfies never;
  }
}

export const isWriting = (request: PduRequest): request is WritingRequest =>
  request.kind !== 'read' && request.kind !== 'identify';

/** Whether a request makes sense for all units of a line, of which none answers. */
export const mayBeBroadcast = ({ kind }: ModbusRequest): boolean => kind === 'write' || kind === 'mask-write';

/** The table that a writing function code writes. */
export const tableWrittenBy = (code: number): Table => (code === 5 || code === 15 ? 1 : 3);

/** What a request writes. */
export function writtenRange(request: WritingRequest): RegisterRange {
  switch (request.kind) {
    case 'write':
      return request;
    case 'mask-write':
      return { table: 3, address: request.address, count: 1 };
    case 'read-write':
      return { table: 3, address: request.writeAddress, count: request.values.length };
    default:
      return request satisfies never;
  }
}

/** A write of one coil or register, as the host makes it itself. */
export function singleWrite(range: RegisterRange, value: number): WriteRequest {
  const { table, address } = range;
  return {
    kind: 'write',
    function: table === 1 ? 5 : 6,
    table,
    address,
    count: 1,
    values: Uint16Array.of(value),
    expiryMs: 0,
  };
}
