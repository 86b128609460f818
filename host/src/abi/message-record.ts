import { align8, FLAG_JSON, MESSAGE_BYTES } from './constants.ts';
import { decodeProperties, type Property } from './properties.ts';

/** A message as it left a module, read back from its frame [ABI-5.4]. */
export interface MessageRecord {
  readonly isJson: boolean;
  readonly source: number;
  readonly sequence: number;
  /** Milliseconds since 1970, by the clock as it was set then. */
  readonly emitted: number;
  /** The same moment on the monotonic clock: where a frame that is delivered has the time of its event. */
  readonly emittedMonotonic: number;
  readonly properties: readonly Property[];
  /** A copy of the body. */
  readonly body: Uint8Array;
}

/** Reads a message frame that the cell wrote; the bytes are our own, so a bad one is a mistake of the host. */
export function decodeMessageRecord(frame: Uint8Array): MessageRecord {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const propertiesBytes = view.getUint32(48, true);
  const bodyBytes = view.getUint32(52, true);
  const bodyAt = MESSAGE_BYTES + align8(propertiesBytes);
  const isJson = (view.getUint8(2) & FLAG_JSON) !== 0;
  const properties = decodeProperties(frame.slice(MESSAGE_BYTES, MESSAGE_BYTES + propertiesBytes), isJson);
  if (properties === undefined) throw new Error('a queued message has a bad property block');
  return {
    isJson,
    source: view.getUint32(28, true),
    sequence: Number(view.getBigUint64(32, true)),
    emitted: view.getFloat64(40, true),
    emittedMonotonic: view.getFloat64(16, true),
    properties,
    body: frame.slice(bodyAt, bodyAt + bodyBytes),
  };
}
