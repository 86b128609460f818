/** A request to a Bluetooth device as a module made it. */
export interface BleRequest {
  readonly function: (typeof FUNCTIONS)[number];
  readonly device: string;
  /** `181a/2a6e`, empty for what is about no characteristic. */
  readonly place: string;
}

const FUNCTIONS = ['read', 'write', 'command', 'subscribe', 'unsubscribe', 'watch', 'advertisements'] as const;
const BASE = '00001000800000805f9b34fb';

/** Decodes the payload of `ble.request`, from its drawing. */
export function readBleRequest(payload: Buffer): BleRequest {
  const name = payload.byteLength - payload.readUInt8(1);
  const uuid = (at: number): string => {
    const text = payload.toString('hex', at, at + 16);
    return text.endsWith(BASE) ? text.slice(4, 8) : text;
  };
  const isPath = payload.subarray(8, 40).some((byte) => byte !== 0);
  return {
    function: FUNCTIONS[payload.readUInt8(0)]!,
    device: payload.toString('utf8', name),
    place: isPath ? `${uuid(8)}/${uuid(24)}` : '',
  };
}

/** An AD structure. */
export function adStructure(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const data = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(data.byteLength + 1, type), data]);
}

export const manufacturerData = (company: number, data: Uint8Array): Buffer =>
  adStructure(0xff, Buffer.of(company & 255, company >> 8), data);

export const serviceData = (uuid: number, data: Uint8Array): Buffer =>
  adStructure(0x16, Buffer.of(uuid & 255, uuid >> 8), data);

/** The answer to a subscription to advertisements, from its drawing. */
export function advertisement(
  address: string,
  rssi: number,
  data: Uint8Array,
  response: Uint8Array = new Uint8Array(),
): Buffer {
  const head = Buffer.alloc(12);
  head.set(Buffer.from(address.replaceAll(':', ''), 'hex'));
  head.writeInt8(rssi, 8);
  head.writeUInt16LE(data.byteLength, 10);
  return Buffer.concat([head, data, response]);
}
