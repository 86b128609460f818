import fc from 'fast-check';
import mqtt, { type Packet } from 'mqtt-packet';

const topic = fc.constantFrom(
  'boiler/a',
  'boiler/cmd/a',
  'plant/a',
  'office',
  '$SYS/x',
  '#',
  '+/a',
  '',
  'a/'.repeat(40),
);
const id = fc.integer({ min: 0, max: 65_535 });
const flags = { dup: fc.boolean(), retain: fc.boolean() };

/** Packets of MQTT 3.1.1, of clients and of brokers, with values that are often wrong. */
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    ...{ cmd: fc.constant('publish' as const), topic, payload: fc.string({ maxLength: 40 }), messageId: id, ...flags },
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  }),
  fc.record({
    cmd: fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const),
    messageId: id,
  }),
  fc.record({
    ...{ cmd: fc.constant('subscribe' as const), messageId: id },
    subscriptions: fc.array(fc.record({ topic, qos: fc.constantFrom(0 as const, 1 as const, 2 as const) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe' as const),
    messageId: id,
    unsubscriptions: fc.array(topic, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    cmd: fc.constant('suback' as const),
    messageId: id,
    granted: fc.array(fc.constantFrom(0, 1, 128), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ cmd: fc.constantFrom('pingreq' as const, 'pingresp' as const, 'disconnect' as const) }),
  fc.record({ cmd: fc.constant('connack' as const), returnCode: fc.nat(6), sessionPresent: fc.boolean() }),
) as fc.Arbitrary<Packet>;

function encoded(value: Packet): Uint8Array {
  try {
    return mqtt.generate(value);
  } catch {
    // What the codec refuses to write somebody else may write all the same.
    return Uint8Array.of(0x30, 0x02, 0x00, 0x00);
  }
}

const mutation = fc.record({ at: fc.nat(200), byte: fc.nat(255) });

/** Bytes that look like MQTT to some degree: whole packets, packets with a few bytes changed, a packet cut off, anything. */
export const mqttBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  packet.map(encoded),
  fc.tuple(packet.map(encoded), fc.array(mutation, { minLength: 1, maxLength: 4 })).map(([bytes, mutations]) => {
    const changed = bytes.slice();
    for (const { at, byte } of mutations) changed[at % changed.length] = byte;
    return changed;
  }),
  fc.tuple(packet.map(encoded), fc.nat(60)).map(([bytes, end]) => bytes.slice(0, end)),
  fc.uint8Array({ maxLength: 300 }),
);
