/** A request to a serial port as a module made it. */
export interface SerialRequest {
  /** 0 subscribes, 1 writes, 2 exchanges. */
  readonly function: number;
  readonly device: string;
  readonly data: Buffer;
}

/** Decodes the payload of `serial.request`, from its drawing. */
export function readSerialRequest(payload: Buffer): SerialRequest {
  const end = payload.byteLength - payload.readUInt8(1);
  return { function: payload.readUInt8(0), device: payload.toString('utf8', end), data: payload.subarray(8, end) };
}
