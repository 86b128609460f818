import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { encodeModbusRequest } from '../../host/src/drivers/modbus/encode-request.ts';
import { compileModbusGuard } from '../../host/src/drivers/modbus/guard.ts';
import { decodeModbusRequest } from '../../host/src/drivers/modbus/request-codec.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { answerFrame, goodAnswer } from '../peers/evil-modbus-server.ts';
import {
  type Answer,
  DriverRig,
  deviceAt,
  type Identified,
  identifyOf,
  maskWriteOf,
  readOf,
  readWriteOf,
  writeOf,
} from '../unit/host/drivers/driver-rig.ts';
import { FakeNetwork, requestOf } from '../unit/host/drivers/fake-network.ts';
import { VirtualClock } from '../unit/host/drivers/virtual-clock.ts';

const test = suite('modbus, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };
const STATUSES: ReadonlySet<number> = new Set(Object.values(STATUS));

const bytes = fc.uint8Array({ maxLength: 300 });
/** How an answer is damaged before it is sent in pieces. */
const damage = fc.record({
  kind: fc.constantFrom('none', 'flip', 'cut', 'insert', 'random', 'double', 'swap-transaction'),
  at: fc.nat(40),
  with: fc.integer({ min: 1, max: 255 }),
  noise: bytes,
  piece: fc.integer({ min: 1, max: 40 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(good: Buffer, { kind, at, with: value, noise }: Damage): Buffer {
  const place = at % good.length;
  const changed = Buffer.from(good);
  switch (kind) {
    case 'flip':
      changed[place]! ^= value;
      return changed;
    case 'cut':
      return changed.subarray(0, place);
    case 'insert':
      return Buffer.concat([changed.subarray(0, place), noise, changed.subarray(place)]);
    case 'random':
      return Buffer.from(noise);
    case 'double':
      return Buffer.concat([changed, changed]);
    case 'swap-transaction':
      changed[1]! ^= value;
      return changed;
    default:
      return changed;
  }
}

/** Whether the damage is only in the values of a read, which nothing protects but TCP. */
const isOnlyValue = (good: Buffer, sent: Buffer): boolean =>
  sent.length >= good.length && good.subarray(0, 9).equals(sent.subarray(0, 9)) && good[7]! <= 4;

test('a device that answers with damaged frames gives only its own values or a coded end, and is found again', async () => {
  const clock = new VirtualClock();
  const network = new FakeNetwork();
  const rig = await DriverRig.open(
    { pump: deviceAt(502, { timeoutMs: 100 }) },
    { clock, random: () => 0, openTransport: network.open },
  );
  const connected = async (): Promise<void> => {
    for (let tries = 0; rig.status('pump')['state'] !== 'connected'; tries++) {
      assert.ok(tries < 1_000, 'connects again');
      clock.advance(100);
      await Promise.resolve();
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), fc.nat(1_000), async (damages, start) => {
      for (const [n, each] of damages.entries()) {
        await connected();
        const address = start + 10 * n;
        const isWrite = each.at % 3 === 0;
        const answers: Answer[] = [];
        const request = isWrite ? writeOf(`holding:${address}`, [7]) : readOf(`holding:${address}-${address + 4}`);
        rig.requestWith('pump', request, (answer) => answers.push(answer));
        const connection = network.last;
        const good = goodAnswer(requestOf(connection.sent.at(-1)!));
        const sent = damaged(good, each);
        for (let at = 0; at < sent.length && connection.over === undefined; at += each.piece) {
          connection.receive(sent.subarray(at, at + each.piece));
        }
        clock.advance(100);
        assert.equal(answers.length, 1, 'exactly one end');
        const { status, detail, blocks } = answers[0]!;
        assert.ok(STATUSES.has(status));
        if (status === STATUS.failed) assert.ok(detail >= 1 && detail <= 255);
        if (status === STATUS.ok && !isWrite && !isOnlyValue(good, sent)) {
          assert.deepEqual(
            blocks[0]?.values,
            [0, 1, 2, 3, 4].map((offset) => address + offset),
          );
        }
        if (status !== STATUS.ok) assert.equal(blocks.length, 0);
      }
    }),
    OPTIONS,
  );
  assert.ok(rig.status('pump')['queued'] === 0 && rig.status('pump')['pending'] === 0);
  await rig.close();
  assert.equal(clock.pending, 0);
});

/** PDUs that look like identifications: each field is often right. */
const identification = fc
  .record({
    level: fc.constantFrom(1, 2, 3, 3, 3, 4),
    more: fc.constantFrom(0, 0xff, 0xff, 1),
    next: fc.nat(255),
    counted: fc.integer({ min: -1, max: 1 }),
    objects: fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 60 })), { maxLength: 5 }),
    grows: fc.boolean(),
  })
  .map(({ level, more, next, counted, objects, grows }) => {
    const sorted = grows ? [...objects].sort(([a], [b]) => a - b) : objects;
    const bytes = sorted.flatMap(([id, value]) => [id, value.length, ...value]);
    return Buffer.from([43, 14, level, 0x83, more, next, objects.length + (counted === 1 ? 1 : 0), ...bytes]);
  });

test('whatever a device says of itself ends within bounds, and what is taken for its objects has ids that grow', async () => {
  const clock = new VirtualClock();
  const network = new FakeNetwork();
  const rig = await DriverRig.open({ pump: deviceAt(502) }, { clock, random: () => 0, openTransport: network.open });
  await fc.assert(
    fc.asyncProperty(fc.array(identification, { minLength: 1, maxLength: 8 }), async (pdus) => {
      for (let tries = 0; rig.status('pump')['state'] !== 'connected'; tries++) {
        assert.ok(tries < 1_000, 'connects again');
        clock.advance(100);
        await Promise.resolve();
      }
      const answers: Identified[] = [];
      rig.identifyWith('pump', 3, (answer) => answers.push(answer));
      const connection = network.last;
      for (let asked = 0; answers.length === 0; asked++) {
        assert.ok(asked <= 64);
        const pdu = pdus[asked % pdus.length]!;
        connection.receive(answerFrame(connection.sent.at(-1)!.readUInt16BE(0), 1, pdu));
      }
      const { status, detail, objects } = answers[0]!;
      assert.ok(status === 0 || (status === -6 && (detail === 258 || detail === 261)), `${status} ${detail}`);
      assert.ok(objects.every(([id], n) => n === 0 || id > objects[n - 1]![0]));
    }),
    OPTIONS,
  );
  await rig.close();
});

const guard = compileModbusGuard([{ device: 'pump', read: ['holding:0-99'], write: ['coil:1'], poll: ['fast'] }], {
  pump: { fast: ['holding:0'] },
});
const valid = fc.constantFrom(
  encodeModbusRequest(readOf('holding:0-9'), 'pump'),
  encodeModbusRequest(writeOf('coil:1', [1]), 'pump'),
  encodeModbusRequest(writeOf('holding:3-5', [1, 2, 3]), 'pump'),
  encodeModbusRequest(maskWriteOf(3, 1, 2), 'pump'),
  encodeModbusRequest(readWriteOf('holding:3-5', 7, [1, 2]), 'pump'),
  encodeModbusRequest(identifyOf(3), 'pump'),
  encodeModbusRequest({ kind: 'subscribe', poll: new TextEncoder().encode('fast') }, 'pump'),
);
const mutated = fc
  .tuple(valid, fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 4 }), fc.integer({ min: -4, max: 4 }))
  .map(([base, changes, growth]) => {
    const payload = new Uint8Array(Math.max(0, base.length + growth));
    payload.set(base.subarray(0, payload.length));
    for (const [at, value] of changes) if (at < payload.length) payload[at] = value;
    return payload;
  });

test('a request of any bytes is refused or means exactly what it says', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, mutated), (payload) => {
      const verdict = guard.judge(payload);
      const request = decodeModbusRequest(payload);
      assert.equal(verdict === STATUS.invalid, request === undefined);
      assert.ok(verdict === STATUS.ok || verdict === STATUS.invalid || verdict === STATUS.denied);
      if (request === undefined) return;
      const name = Buffer.from(payload.subarray(payload.length - payload[1]!)).toString();
      const again = decodeModbusRequest(encodeModbusRequest(request, name === '' ? 'x' : name));
      assert.deepEqual(again, request);
      if (verdict === STATUS.ok) assert.equal(name, 'pump');
    }),
    OPTIONS,
  );
});

test('a driver gives any bytes from a module exactly one answer', async () => {
  const clock = new VirtualClock();
  const network = new FakeNetwork();
  network.isOpen = false;
  const rig = await DriverRig.open({ pump: deviceAt(502) }, { clock, random: () => 0, openTransport: network.open });
  fc.assert(
    fc.property(fc.oneof(bytes, mutated), (payload) => {
      const statuses: number[] = [];
      // Older than any expiry, so that writes for the absent device end too.
      const caller = {
        module: 'm',
        instance: 1,
        request: 1,
        ageMs: 2 ** 33,
        answer: (status: number) => void statuses.push(status),
      };
      rig.driver.request(caller, payload);
      clock.advance(1_000);
      assert.equal(statuses.length, 1);
      assert.ok(STATUSES.has(statuses[0]!) && statuses[0] !== STATUS.ok);
    }),
    { ...OPTIONS, interruptAfterTimeLimit: 1_500 },
  );
  await rig.close();
});

test.run();
