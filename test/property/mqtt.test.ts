import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import mqtt, { type Packet } from 'mqtt-packet';
import { STATUS } from '../../host/src/abi/constants.ts';
import { compileMqttGuard } from '../../host/src/drivers/mqtt/guard.ts';
import { WholePackets } from '../../host/src/drivers/mqtt/listener/whole-packets.ts';
import { PacketScanner } from '../../host/src/drivers/mqtt/packet-scanner.ts';
import { decodeMqttRequest, encodeMqttRequest } from '../../host/src/drivers/mqtt/request-codec.ts';
import { covers, takesTopic } from '../../host/src/drivers/mqtt/topic.ts';
import { assert, suite } from '../lib/suite.ts';

const test = suite('MQTT, properties', { timeoutMs: 30_000 });
const level = fc.constantFrom('', 'a', 'b', 'ab', 'ü');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 3 }), fc.oneof(level, fc.constantFrom('+', '#')))
  .map(([levels, last]) => [...levels, last].join('/'));

/** The same by levels and regular expressions, written from the standard without looking at the code. */
function takesByLevels(filterText: string, topicText: string): boolean {
  const body = filterText
    .split('/')
    .map((part) => (part === '+' ? '[^/]*' : part === '#' ? '.*' : part))
    .join('/')
    .replace(/\/\.\*$/, '(/.*)?');
  return new RegExp(`^${body}$`, 'su').test(topicText);
}

const taken = (filterText: string, topicText: string): boolean => {
  const bytes = Buffer.from(topicText);
  return takesTopic(Buffer.from(filterText), bytes, 0, bytes.byteLength);
};

test('filters take what a reading of the standard by levels says', () => {
  fc.assert(
    fc.property(filter, topic, (filterText, topicText) =>
      assert.equal(taken(filterText, topicText), takesByLevels(filterText, topicText), `${filterText} ${topicText}`),
    ),
    { numRuns: 5_000 },
  );
});

test('what a covered filter takes, the covering one takes', () => {
  fc.assert(
    fc.property(filter, filter, topic, (one, other, topicText) => {
      if (covers(one, other) && taken(other, topicText))
        assert.ok(taken(one, topicText), `${one} ${other} ${topicText}`);
    }),
    { numRuns: 20_000 },
  );
});

const request = fc.record({
  topic: topic.filter((text) => text !== ''),
  payload: fc.uint8Array({ maxLength: 100 }),
  qos: fc.constantFrom(0 as const, 1 as const),
  retain: fc.boolean(),
  expiryMs: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
});

test('a request is what its bytes say, and cut off anywhere it is none', () => {
  fc.assert(
    fc.property(request, fc.nat(), (value, cut) => {
      const bytes = encodeMqttRequest(value, 'plant');
      assert.deepEqual(decodeMqttRequest(bytes), { ...value });
      const shorter = decodeMqttRequest(bytes.subarray(0, cut % bytes.byteLength));
      // A payload that is shorter by some bytes can be a request with another end of its name.
      assert.ok(shorter === undefined || shorter.payload.byteLength < value.payload.byteLength);
    }),
  );
});

test('the guard lets pass what some filter of the grant takes, and nothing else, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.array(filter, { minLength: 1, maxLength: 3 }), request, (publish, value) => {
      const guard = compileMqttGuard([{ device: 'plant', publish }], ['plant', 'other']);
      const isTaken = publish.some((filterText) => takesByLevels(filterText, value.topic));
      assert.equal(guard.judge(encodeMqttRequest(value, 'plant')), isTaken ? STATUS.ok : STATUS.denied);
      assert.equal(guard.judge(encodeMqttRequest(value, 'other')), STATUS.denied);
    }),
  );
  const guard = compileMqttGuard([{ device: 'plant', publish: ['#'] }], ['plant']);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const judged = guard.judge(bytes);
      assert.ok(
        judged === STATUS.invalid ||
          judged === STATUS.denied ||
          decodeMqttRequest(bytes) !== undefined ||
          judged === STATUS.ok,
      );
    }),
  );
});

test('packets end where the codec ends them, however the bytes are cut', () => {
  const packet = fc.record({
    ...{ cmd: fc.constant('publish'), qos: fc.constant(0), dup: fc.constant(false), retain: fc.constant(false) },
    topic: fc.constant('t'),
    payload: fc.nat(300).map((bytes) => Buffer.alloc(bytes)),
  }) as unknown as fc.Arbitrary<Packet>;
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 50 }), (packets, step) => {
      const encodedPackets = packets.map((each) => mqtt.generate(each));
      const bytes = Buffer.concat(encodedPackets);
      const scanner = new PacketScanner(400);
      const ends: number[] = [];
      for (let from = 0; from < bytes.byteLength; ) {
        const piece = bytes.subarray(from, from + step);
        const at = scanner.scan(piece, 0, 1);
        assert.ok(at > 0);
        from += at;
        if (at < piece.byteLength || encodedPackets.some((_, n) => from === lengthOf(encodedPackets, n + 1)))
          ends.push(from);
      }
      assert.deepEqual(
        [...new Set(ends)],
        encodedPackets.map((_, n) => lengthOf(encodedPackets, n + 1)),
      );
    }),
  );
});

test('packets are whole, and all there, in whatever pieces they come', () => {
  const bodies = fc.array(fc.nat(300), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 4 }), (lengths, step, most) => {
      const encoded = lengths.map((bytes, n) =>
        mqtt.generate({
          ...{ cmd: 'publish', qos: 0, dup: false, retain: false, topic: `t${n}`, payload: Buffer.alloc(bytes, n) },
        } as Packet),
      );
      const bytes = Buffer.concat(encoded);
      const ends = new Set(encoded.map((_, n) => lengthOf(encoded, n + 1)));
      const whole = new WholePackets(400);
      const found: Buffer[] = [];
      for (let from = 0; from < bytes.byteLength; from += step) {
        const piece = bytes.subarray(from, from + step);
        for (let at = 0; at < piece.byteLength; ) {
          const { packets, end } = whole.cut(piece, at, most);
          assert.ok(end > at);
          at = end;
          found.push(packets);
          assert.ok(packets.byteLength === 0 || ends.has(lengthOf(found, found.length)));
        }
      }
      assert.deepEqual(Buffer.concat(found), bytes);
    }),
  );
});

test('the beginning of a packet takes about as much memory as it is long, also byte by byte', () => {
  const whole = new WholePackets(262_144);
  whole.cut(Buffer.from([0x30, 0xf0, 0xff, 0x0f]), 0, 1);
  const memory = (): number => {
    // What lies outside of the heap is freed one round later.
    for (let round = 0; round < 3; round++) collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = memory();
  for (let n = 0; n < 200_000; n++) whole.cut(Buffer.from([0]), 0, 1);
  const grown = memory() - before;
  assert.ok(grown < 4_000_000, `${grown} bytes more`);
  assert.equal(whole.cut(Buffer.alloc(65_536), 0, 1).packets.byteLength, 262_132);
});

test('a packet one byte longer than allowed is refused at its head, one of just that length is not', () => {
  for (const bytes of [2, 100, 129, 130, 131, 16_385, 16_387]) {
    const body = bytes - (bytes < 130 ? 2 : bytes < 16_387 ? 3 : 4);
    const head = [0x30];
    for (let left = body; ; left >>= 7) {
      head.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
      if (left <= 0x7f) break;
    }
    const packet = Buffer.concat([Buffer.from(head), Buffer.alloc(body)]);
    assert.equal(new PacketScanner(packet.byteLength).scan(packet, 0, 1), packet.byteLength, `${bytes}`);
    assert.equal(new PacketScanner(packet.byteLength - 1).scan(packet.subarray(0, head.length), 0, 1), -1, `${bytes}`);
  }
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const lengthOf = (packets: readonly Buffer[], count: number): number =>
  packets.slice(0, count).reduce((sum, { byteLength }) => sum + byteLength, 0);

test.run();
