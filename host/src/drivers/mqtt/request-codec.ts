// The request of a module, little-endian, as docs/mqtt.md has it:
//
//  0             1          2        3           4           6       8            12
//  +-------------+----------+--------+-----------+-----------+-------+------------+-------+---------+-------------+
//  | function u8 | name     | QoS u8 | retain u8 | topic     | 0 u16 | expiry u32 | topic | payload | device name |
//  |             | bytes u8 |        |           | bytes u16 |       | ms         | UTF-8 |         | UTF-8       |
//  +-------------+----------+--------+-----------+-----------+-------+------------+-------+---------+-------------+
import { decodeUtf8 } from '../../abi/utf8.ts';
import { MQTT_LIMITS } from './limits.ts';
import { isTopic } from './topic.ts';

/** A message that a module publishes. */
export interface MqttRequest {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly expiryMs: number;
}

export const MQTT_HEADER_BYTES = 12;
export const NAME_BYTES_MAX = 255;
export const DEFAULT_EXPIRY_MS = 5_000;
const PUBLISH = 0;

export const topicBytesOf = (payload: Uint8Array): number => payload[4]! | (payload[5]! << 8);
const expiryOf = (payload: Uint8Array): number =>
  (payload[8]! | (payload[9]! << 8) | (payload[10]! << 16) | (payload[11]! << 24)) >>> 0;

/** Whether the payload follows the layout in every field; that the topic is UTF-8 is left to the decoder. Allocates nothing. */
export function isWellFormed(payload: Uint8Array): boolean {
  if (payload.length < MQTT_HEADER_BYTES || payload[0] !== PUBLISH || payload[1] === 0) return false;
  if (payload[2]! > 1 || payload[3]! > 1 || payload[6] !== 0 || payload[7] !== 0) return false;
  const topicEnd = MQTT_HEADER_BYTES + topicBytesOf(payload);
  const dataBytes = payload.length - topicEnd - payload[1]!;
  if (dataBytes < 0 || dataBytes > MQTT_LIMITS.payloadBytes) return false;
  return isTopic(payload, MQTT_HEADER_BYTES, topicEnd);
}

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeMqttRequest(payload: Uint8Array): MqttRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  const topicEnd = MQTT_HEADER_BYTES + topicBytesOf(payload);
  const topic = decodeUtf8(payload.slice(MQTT_HEADER_BYTES, topicEnd));
  if (topic === undefined) return undefined;
  return {
    topic,
    payload: payload.slice(topicEnd, payload.length - payload[1]!),
    qos: payload[2] === 1 ? 1 : 0,
    retain: payload[3] === 1,
    expiryMs: expiryOf(payload) || DEFAULT_EXPIRY_MS,
  };
}

/** Encodes a request for the device of that name: the inverse of `decodeMqttRequest`. */
export function encodeMqttRequest(request: MqttRequest, device: string): Uint8Array {
  const encoder = new TextEncoder();
  const [topic, name] = [encoder.encode(request.topic), encoder.encode(device)];
  const payload = new Uint8Array(MQTT_HEADER_BYTES + topic.byteLength + request.payload.byteLength + name.byteLength);
  payload.set([PUBLISH, name.byteLength, request.qos, request.retain ? 1 : 0]);
  const view = new DataView(payload.buffer);
  view.setUint16(4, topic.byteLength, true);
  view.setUint32(8, request.expiryMs, true);
  payload.set(topic, MQTT_HEADER_BYTES);
  payload.set(request.payload, MQTT_HEADER_BYTES + topic.byteLength);
  payload.set(name, payload.byteLength - name.byteLength);
  return payload;
}
