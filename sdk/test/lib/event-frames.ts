// Event frames as docs/abi.md section 5 draws them, made from that text alone.

export type Property = readonly [key: string, value: string];

/** Clocks of an event in milliseconds. */
export interface EventTime {
  readonly time?: number;
  readonly monotonic?: number;
}

export interface StartFields extends EventTime {
  readonly reason?: number;
  readonly restarts?: number;
  readonly device?: string;
  readonly module?: string;
  readonly environment?: readonly Property[];
}

export interface MessageFields extends EventTime {
  readonly isJson?: boolean;
  readonly hops?: number;
  readonly input?: number;
  readonly source?: number;
  readonly sequence?: number;
  readonly emitted?: number;
  readonly properties?: readonly Property[];
  readonly body?: Uint8Array | string;
}

export interface DesiredFields extends EventTime {
  readonly complete?: boolean;
  readonly version?: number;
  readonly body?: Uint8Array | string;
}

export interface AnswerFields extends EventTime {
  readonly request: number;
  readonly status?: number;
  readonly detail?: number;
  readonly payload?: Uint8Array;
}

const HEAD_BYTES = 24;
const NONE = new Uint8Array(0);

export function startFrame(fields: StartFields = {}): Uint8Array {
  const device = bytesOf(fields.device ?? 'gateway');
  const module = bytesOf(fields.module ?? 'module');
  const environment = propertyBlock(fields.environment ?? []);
  const numbers = u32s(
    fields.reason ?? 0,
    fields.restarts ?? 0,
    device.byteLength,
    module.byteLength,
    environment.byteLength,
    0,
  );
  return frame(1, fields, 0, 0, [numbers, padded(Buffer.concat([device, module])), environment]);
}

export function messageFrame(fields: MessageFields = {}): Uint8Array {
  const properties = propertyBlock(fields.properties ?? []);
  const body = bytesOf(fields.body ?? NONE);
  const numbers = Buffer.alloc(32);
  numbers.writeUInt32LE(fields.input ?? 0, 0);
  numbers.writeUInt32LE(fields.source ?? 0, 4);
  numbers.writeBigUInt64LE(BigInt(fields.sequence ?? 1), 8);
  numbers.writeDoubleLE(fields.emitted ?? 0, 16);
  numbers.writeUInt32LE(properties.byteLength, 24);
  numbers.writeUInt32LE(body.byteLength, 28);
  return frame(2, fields, fields.isJson === true ? 1 : 0, fields.hops ?? 1, [numbers, padded(properties), body]);
}

export function timerFrame(timer: number, missed = 0, time: EventTime = {}): Uint8Array {
  return frame(3, time, 0, 0, [u32s(timer, missed)]);
}

export function desiredFrame(fields: DesiredFields = {}): Uint8Array {
  const body = bytesOf(fields.body ?? '{}');
  const version = Buffer.alloc(8);
  version.writeBigUInt64LE(BigInt(fields.version ?? 0));
  return frame(4, fields, 0, 0, [u32s(fields.complete === false ? 0 : 1, body.byteLength), version, body]);
}

export function methodFrame(
  request: number,
  name: string,
  payload: Uint8Array | string = NONE,
  time: EventTime = {},
): Uint8Array {
  const label = bytesOf(name);
  const content = bytesOf(payload);
  return frame(5, time, 0, 0, [u32s(request, label.byteLength, content.byteLength, 0), padded(label), content]);
}

export function answerFrame(fields: AnswerFields): Uint8Array {
  const payload = fields.payload ?? NONE;
  const numbers = u32s(fields.request, fields.status ?? 0, fields.detail ?? 0, payload.byteLength);
  return frame(6, fields, 0, 0, [numbers, payload]);
}

export function stopFrame(reason = 1, time: EventTime = {}): Uint8Array {
  return frame(7, time, 0, 0, [u32s(reason, 0)]);
}

/** A property block [ABI-4.5]. */
export function propertyBlock(properties: readonly Property[]): Uint8Array {
  return Buffer.concat(
    properties.flatMap(([key, value]) => {
      const lengths = Buffer.alloc(4);
      lengths.writeUInt16LE(Buffer.byteLength(key), 0);
      lengths.writeUInt16LE(Buffer.byteLength(value), 2);
      return [lengths, Buffer.from(key), Buffer.from(value)];
    }),
  );
}

/** The entries of a property block. */
export function readPropertyBlock(block: Buffer): Property[] {
  const properties: Property[] = [];
  for (let at = 0; at < block.byteLength; ) {
    const value = at + 4 + block.readUInt16LE(at);
    const end = value + block.readUInt16LE(at + 2);
    properties.push([block.toString('utf8', at + 4, value), block.toString('utf8', value, end)]);
    at = end;
  }
  return properties;
}

function frame(kind: number, time: EventTime, flags: number, hops: number, parts: readonly Uint8Array[]): Uint8Array {
  const rest = padded(Buffer.concat(parts));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16LE(kind, 0);
  head.writeUInt8(flags, 2);
  head.writeUInt8(hops, 3);
  head.writeUInt32LE(HEAD_BYTES + rest.byteLength, 4);
  head.writeDoubleLE(time.time ?? 0, 8);
  head.writeDoubleLE(time.monotonic ?? 0, 16);
  return Buffer.concat([head, rest]);
}

function u32s(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes], (bytes.byteLength + 7) & ~7);
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content;
}
