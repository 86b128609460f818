import type { RegisterRange, Table } from './register-range.ts';

/** A read of one range. The function code is the table. */
export interface ReadRequest extends RegisterRange {
  readonly kind: 'read';
}

/** Function codes that write: one coil, one register, several coils, several registers. */
export type WriteFunction = 5 | 6 | 15 | 16;

/** A write of one range, with a value for each address: 0 or 1 for coils. */
export interface WriteRequest extends RegisterRange {
  readonly kind: 'write';
  readonly function: WriteFunction;
  readonly values: Uint16Array;
  /** Milliseconds after the request at which it must not be sent any more. */
  readonly expiryMs: number;
}

/** Wants the readings of a poll that the gateway configuration declares. */
export interface SubscribeRequest {
  readonly kind: 'subscribe';
  /** Name of the poll, UTF-8. */
  readonly poll: Uint8Array;
}

export type ModbusRequest = ReadRequest | WriteRequest | SubscribeRequest;

/** A request that goes to the device as one frame. */
export type PduRequest = ReadRequest | WriteRequest;

export const functionOf = (request: PduRequest): number => (request.kind === 'read' ? request.table : request.function);

/** The table that a writing function code writes. */
export const tableWrittenBy = (code: WriteFunction): Table => (code === 5 || code === 15 ? 1 : 3);

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
