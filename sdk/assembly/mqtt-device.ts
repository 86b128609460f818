import * as host from './imports/mqtt';
import { JsonWriter } from './json/json-writer';
import { encode, scratchOf } from './utf8';

// A request, little-endian:
// ╒═════════════╤════════════╤════════╤═══════════╤═════════════╤═══════╤════════════╤═══════╤═════════╤═════════════╕
// │ function u8 │ name bytes │ QoS u8 │ retain u8 │ topic bytes │ 0 u16 │ expiry u32 │ topic │ payload │ device name │
// │ 0           │ u8         │        │           │ u16         │       │            │ UTF-8 │         │ UTF-8       │
// └─────────────┴────────────┴────────┴───────────┴─────────────┴───────┴────────────┴───────┴─────────┴─────────────┘
//  0             1            2        3           4             6       8            12

const HEAD = 12;

/**
 * A broker or a listener of the gateway, by the name it has in the gateway's configuration. Needs a grant `mqtt` whose
 * filters take the topic. What leaf devices publish comes as messages, to the inputs that routes lead it to.
 *
 * Every method returns a request id of 1 or more, or a `Status`. The answer arrives in `Module.onAnswer`: with QoS 1 when the
 * broker has acknowledged, with QoS 0 when the message has left. What was not sent within `expiryMs` is never sent
 * (`Expired`); 0 means 5000 ms.
 *
 * ```ts
 * import { Answer, JsonWriter, log, Message, Module, MqttDevice, Start } from '@gatehouse/sdk';
 *
 * class Lamp extends Module {
 *   private readonly plant: MqttDevice = new MqttDevice('plant-broker');
 *   private switching: i32 = 0;
 *
 *   onMessage(message: Message): void {
 *     const isDark = message.json().get('illuminance').f64() < 10;
 *     this.switching = this.plant.publish('zigbee2mqtt/lamp/set', JsonWriter.object().set('state', isDark ? 'ON' : 'OFF'));
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (answer.request == this.switching && !answer.isOk) log.warning(`the lamp was not switched: ${answer.status}`);
 *   }
 * }
 * ```
 *
 * Text, bytes, a retained state, and a command that is of no use later:
 *
 * ```ts
 * import { MqttDevice } from '@gatehouse/sdk';
 *
 * const plant = new MqttDevice('plant-broker');
 * const fast = new MqttDevice('plant-broker', 250);
 *
 * export function announce(): i32 {
 *   plant.publishText('state/gateway', 'ready', 1, true);
 *   plant.publishBytes('raw/dump', [0x02, 0x51], 0);
 *   return fast.publishText('cmd/valve/set', 'close');
 * }
 * ```
 */
export class MqttDevice {
  /**
   * @param name as the gateway's configuration has it: 1 to 64 letters, digits, `_` and `-`
   * @param expiryMs time in which a message must have been sent; 0 for 5000
   */
  constructor(
    readonly name: string,
    readonly expiryMs: i32 = 0,
  ) {}

  /** Publishes JSON; the writer's objects and lists are closed. */
  publish(topic: string, body: JsonWriter, qos: u8 = 1, retain: bool = false): i32 {
    body.finish();
    return this.copy(topic, body.pointer, body.byteLength, qos, retain);
  }

  /** Publishes a text in UTF-8. */
  publishText(topic: string, text: string, qos: u8 = 1, retain: bool = false): i32 {
    const at = this.room(topic, text.length * 3);
    const topicBytes = encode(topic, at);
    return this.request(topicBytes, encode(text, at + topicBytes), qos, retain);
  }

  /** Publishes bytes. */
  publishBytes(topic: string, bytes: StaticArray<u8>, qos: u8 = 1, retain: bool = false): i32 {
    return this.copy(topic, changetype<usize>(bytes), bytes.length, qos, retain);
  }

  private copy(topic: string, data: usize, dataBytes: i32, qos: u8, retain: bool): i32 {
    const at = this.room(topic, dataBytes);
    const topicBytes = encode(topic, at);
    memory.copy(at + topicBytes, data, dataBytes);
    return this.request(topicBytes, dataBytes, qos, retain);
  }

  /** Room for topic and payload, behind the place of the head. */
  private room(topic: string, dataBytes: i32): usize {
    return scratchOf(HEAD + topic.length * 3 + dataBytes + this.name.length * 3) + HEAD;
  }

  /** Writes the head and the name around what lies in the room, and sends them. */
  private request(topicBytes: i32, dataBytes: i32, qos: u8, retain: bool): i32 {
    const head = scratchOf(0);
    const nameBytes = encode(this.name, head + HEAD + topicBytes + dataBytes);
    store<u8>(head, 0);
    store<u8>(head, <u8>nameBytes, 1);
    store<u8>(head, qos, 2);
    store<u8>(head, retain ? 1 : 0, 3);
    store<u16>(head, <u16>topicBytes, 4);
    store<u16>(head, 0, 6);
    store<u32>(head, this.expiryMs, 8);
    return host.request(head, HEAD + topicBytes + dataBytes + nameBytes);
  }
}
