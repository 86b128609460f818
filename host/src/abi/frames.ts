import {
  ANSWER_BYTES,
  align8,
  DESIRED_BYTES,
  EVENT,
  type EventKind,
  FLAG_JSON,
  MESSAGE_BYTES,
  METHOD_BYTES,
  START_BYTES,
  STOP_BYTES,
  TIMER_BYTES,
} from './constants.ts';
import { encodeProperties, type Property } from './properties.ts';

/** Time stamps of an event: milliseconds since 1970, and of a clock that never steps back [ABI-5.2]. */
export interface EventTime {
  readonly time: number;
  readonly monotonic: number;
}

const encoder = new TextEncoder();

/** A frame of `length` bytes with its common header filled in; layouts are drawn in docs/abi.md section 5. */
function newFrame(kind: EventKind, length: number, at: EventTime): DataView {
  const frame = new DataView(new ArrayBuffer(align8(length)));
  frame.setUint16(0, kind, true);
  frame.setUint32(4, frame.byteLength, true);
  frame.setFloat64(8, at.time, true);
  frame.setFloat64(16, at.monotonic, true);
  return frame;
}

const bytesOf = (frame: DataView): Uint8Array => new Uint8Array(frame.buffer);

export interface StartEvent extends EventTime {
  readonly reason: number;
  readonly restarts: number;
  readonly device: string;
  readonly module: string;
  readonly environment: readonly Property[];
}

/** [ABI-5.3] */
export function encodeStart(event: StartEvent): Uint8Array {
  const device = encoder.encode(event.device);
  const module = encoder.encode(event.module);
  const environment = encodeProperties(event.environment);
  const environmentAt = START_BYTES + align8(device.byteLength + module.byteLength);
  const frame = newFrame(EVENT.start, environmentAt + environment.byteLength, event);
  frame.setUint32(24, event.reason, true);
  frame.setUint32(28, event.restarts, true);
  frame.setUint32(32, device.byteLength, true);
  frame.setUint32(36, module.byteLength, true);
  frame.setUint32(40, environment.byteLength, true);
  const bytes = bytesOf(frame);
  bytes.set(device, START_BYTES);
  bytes.set(module, START_BYTES + device.byteLength);
  bytes.set(environment, environmentAt);
  return bytes;
}

export interface MessageEvent extends EventTime {
  readonly isJson: boolean;
  readonly hops: number;
  readonly input: number;
  readonly source: number;
  readonly sequence: number;
  readonly emitted: number;
  readonly properties: readonly Property[];
  readonly body: Uint8Array;
}

/** [ABI-5.4] The cell writes message frames in place; this one is for everything that is not on its fast path. */
export function encodeMessage(event: MessageEvent): Uint8Array {
  const properties = encodeProperties(event.properties);
  const bodyAt = MESSAGE_BYTES + align8(properties.byteLength);
  const frame = newFrame(EVENT.message, bodyAt + event.body.byteLength, event);
  frame.setUint8(2, event.isJson ? FLAG_JSON : 0);
  frame.setUint8(3, event.hops);
  frame.setUint32(24, event.input, true);
  frame.setUint32(28, event.source, true);
  frame.setBigUint64(32, BigInt(event.sequence), true);
  frame.setFloat64(40, event.emitted, true);
  frame.setUint32(48, properties.byteLength, true);
  frame.setUint32(52, event.body.byteLength, true);
  const bytes = bytesOf(frame);
  bytes.set(properties, MESSAGE_BYTES);
  bytes.set(event.body, bodyAt);
  return bytes;
}

/** [ABI-5.5] */
export function encodeTimer(event: EventTime & { readonly timer: number; readonly missed: number }): Uint8Array {
  const frame = newFrame(EVENT.timer, TIMER_BYTES, event);
  frame.setUint32(24, event.timer, true);
  frame.setUint32(28, event.missed, true);
  return bytesOf(frame);
}

export interface DesiredEvent extends EventTime {
  readonly complete: boolean;
  readonly version: number;
  /** JSON object in UTF-8, without `$version` and `$metadata`. */
  readonly body: Uint8Array;
}

/** [ABI-5.6] */
export function encodeDesired(event: DesiredEvent): Uint8Array {
  const frame = newFrame(EVENT.desired, DESIRED_BYTES + event.body.byteLength, event);
  frame.setUint32(24, event.complete ? 1 : 0, true);
  frame.setUint32(28, event.body.byteLength, true);
  frame.setBigUint64(32, BigInt(event.version), true);
  const bytes = bytesOf(frame);
  bytes.set(event.body, DESIRED_BYTES);
  return bytes;
}

export interface MethodEvent extends EventTime {
  readonly request: number;
  readonly name: string;
  readonly payload: Uint8Array;
}

/** [ABI-5.7] */
export function encodeMethod(event: MethodEvent): Uint8Array {
  const name = encoder.encode(event.name);
  const payloadAt = METHOD_BYTES + align8(name.byteLength);
  const frame = newFrame(EVENT.method, payloadAt + event.payload.byteLength, event);
  frame.setUint32(24, event.request, true);
  frame.setUint32(28, name.byteLength, true);
  frame.setUint32(32, event.payload.byteLength, true);
  const bytes = bytesOf(frame);
  bytes.set(name, METHOD_BYTES);
  bytes.set(event.payload, payloadAt);
  return bytes;
}

export interface AnswerEvent extends EventTime {
  readonly request: number;
  readonly status: number;
  readonly detail: number;
  readonly payload: Uint8Array;
}

/** [ABI-5.8] */
export function encodeAnswer(event: AnswerEvent): Uint8Array {
  const frame = newFrame(EVENT.answer, ANSWER_BYTES + event.payload.byteLength, event);
  frame.setUint32(24, event.request, true);
  frame.setInt32(28, event.status, true);
  frame.setInt32(32, event.detail, true);
  frame.setUint32(36, event.payload.byteLength, true);
  const bytes = bytesOf(frame);
  bytes.set(event.payload, ANSWER_BYTES);
  return bytes;
}

/** [ABI-5.9] */
export function encodeStop(event: EventTime & { readonly reason: number }): Uint8Array {
  const frame = newFrame(EVENT.stop, STOP_BYTES, event);
  frame.setUint32(24, event.reason, true);
  return bytesOf(frame);
}
