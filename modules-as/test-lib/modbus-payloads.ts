/** A device request as a module made it. */
export interface ModbusRequest {
  /** The function code; 0 subscribes to a poll. */
  readonly function: number;
  readonly device: string;
  readonly address: number;
  readonly count: number;
  readonly expiryMs: number;
  readonly data: Buffer;
}

export const TABLE = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

/** Decodes the payload of `modbus.request`, from its drawing. */
export function readRequest(payload: Buffer): ModbusRequest {
  const end = payload.byteLength - payload.readUInt8(1);
  return {
    function: payload.readUInt8(0),
    device: payload.toString('utf8', end),
    address: payload.readUInt16LE(2),
    count: payload.readUInt16LE(4),
    expiryMs: payload.readUInt32LE(8),
    data: payload.subarray(12, end),
  };
}

/** One block of an answer: registers, or coils as 0 and 1. */
export function block(table: number, address: number, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + ((values.length * 2 + 3) & ~3));
  bytes.writeUInt8(table, 0);
  bytes.writeUInt16LE(address, 2);
  bytes.writeUInt16LE(values.length, 4);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 8 + index * 2);
  return bytes;
}
