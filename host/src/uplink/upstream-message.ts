import type { Moment } from '../time/index.ts';
import type { Property } from './property-bag.ts';

/** A message for the hub, from one identity. */
export interface UpstreamMessage {
  readonly body: Uint8Array;
  /** Application properties, and system properties under their names on the wire (`$.ct`, `$.mid`). */
  readonly properties: readonly Property[];
  /** The output of the module that sent it; absent for messages of a device. */
  readonly output?: string;
  /** Priority of the route. The memory queue keeps order within an identity and does not look at it. */
  readonly priority: number;
  /** When it was made; its creation time is corrected by that if somebody sets the clock while it waits. */
  readonly made?: Moment;
  /** Milliseconds of the monotonic clock after which it is not sent any more. */
  readonly expiresAtMs?: number;
}

/** The most an IoT Hub takes, counted by `messageBytes`. */
export const MESSAGE_BYTES_MAX = 262_144;

/** The longest topic MQTT can carry, in bytes. */
export const TOPIC_BYTES_MAX = 65_535;

/** Size as the hub counts it: the body, names and values of application properties, values of system properties. */
export function messageBytes(message: UpstreamMessage): number {
  let bytes = message.body.byteLength;
  if (message.output !== undefined) bytes += Buffer.byteLength(message.output);
  for (const [name, value] of message.properties) {
    bytes += Buffer.byteLength(value);
    if (!name.startsWith('$.')) bytes += Buffer.byteLength(name);
  }
  return bytes;
}
