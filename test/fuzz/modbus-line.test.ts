import fc from 'fast-check';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { type Answer, identifyOf, maskWriteOf, readOf, readWriteOf, writeOf } from '../unit/host/drivers/driver-rig.ts';
import { answersAfter, rtuAnswer, rtuFrame } from '../unit/host/drivers/fake-bus.ts';
import { ended, LineRig, unitAt } from '../unit/host/drivers/line-rig.ts';

const test = suite('modbus line, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const request = fc.constantFrom(
  readOf('holding:7-9'),
  writeOf('holding:7', [1]),
  maskWriteOf(7, 1, 2),
  readWriteOf('holding:7-9', 20, [1]),
  identifyOf(3),
);
const chunk = fc.tuple(fc.nat(150), fc.uint8Array({ maxLength: 600 }));

test('any bytes from a line give only coded ends, and the line is found again', async () => {
  const rig = await LineRig.open({ u1: unitAt(1) });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), request, (chunks, asked) => {
      rig.bus.units.set(1, () => chunks);
      const answers: Answer[] = [];
      rig.rig.requestWith('u1', asked, (answer) => answers.push(answer));
      rig.clock.advance(2_000);
      assert.ok(/^(-6 (?:25[678]|261)|-7 259|-8 0|-9 25[789]|-10 \d+)$/.test(ended(answers)), ended(answers));
      rig.bus.units.set(1, answersAfter(5));
      rig.clock.advance(40_000);
      const again = rig.read('u1', 'holding:7-9');
      rig.clock.advance(500);
      assert.equal(ended(again), 'ok 107,108,109');
      rig.bus.requests.length = 0;
    }),
    { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS },
  );
  assert.ok(rig.clock.pending <= 2);
  await rig.rig.close();
});

/** What a unit does to its answer before it is sent in pieces; a foreign frame is whole and has a right CRC. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(20), with: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(20) }),
  fc.record({ kind: fc.constant('noise' as const), at: fc.nat(20), bytes: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ kind: fc.constant('twice' as const) }),
  fc.record({
    kind: fc.constant('foreign' as const),
    unitId: fc.integer({ min: 0, max: 255 }),
    pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }),
    isAlone: fc.boolean(),
  }),
);
const EXCEPTION_BYTES = 5;
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(good: Buffer, how: Damage): Buffer {
  switch (how.kind) {
    case 'flip': {
      const changed = Buffer.from(good);
      changed[how.at % good.length]! ^= how.with;
      return changed;
    }
    case 'cut':
      return good.subarray(0, how.at % good.length);
    case 'noise':
      return Buffer.concat([good.subarray(0, how.at % good.length), how.bytes, good.subarray(how.at % good.length)]);
    case 'twice':
      return Buffer.concat([good, good]);
    case 'foreign':
      return Buffer.concat([rtuFrame(how.unitId, how.pdu), how.isAlone ? Buffer.alloc(0) : good]);
    default:
      return how satisfies never;
  }
}

test('a unit whose answers are damaged, doubled or hidden behind frames of others gives its own values or a coded end', async () => {
  const rig = await LineRig.open({ u1: unitAt(1), u2: unitAt(2) });
  rig.bus.units.set(2, answersAfter(5));
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (damages, piece) => {
      for (const [n, how] of damages.entries()) {
        // An answer of unit 1 that only the values tell from the right one: a device may say whatever it likes.
        fc.pre(how.kind !== 'foreign' || how.unitId !== 1 || how.pdu[0]! > 0x84);
        let isFooled = false;
        rig.bus.units.set(1, (frame) => {
          const good = rtuAnswer(frame);
          const bytes = damaged(good, how);
          isFooled ||= hidesAnother(bytes, good);
          return inPieces(bytes, piece);
        });
        const answers = rig.read('u1', `holding:${10 * n}-${10 * n + 2}`);
        const others = rig.read('u2', 'holding:3');
        rig.clock.advance(3_000);
        fc.pre(!isFooled);
        const value = 100 + 10 * n;
        const allowed = new RegExp(`^(ok ${value},${value + 1},${value + 2}|-6 25[678]|-7 259)$`);
        assert.match(ended(answers), allowed, JSON.stringify(how));
        assert.match(ended(others), /^(ok 203|-6 25[678]|-7 259)$/);
        rig.bus.requests.length = 0;
      }
      rig.bus.units.set(1, answersAfter(5));
      rig.clock.advance(40_000);
      const again = rig.read('u1', 'holding:7-9');
      rig.clock.advance(500);
      assert.equal(ended(again), 'ok 107,108,109');
    }),
    { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS },
  );
  await rig.rig.close();
});

/** Whether damage made another answer of the unit, which a CRC of 16 bits lets pass once in 65,536 times. */
function hidesAnother(bytes: Buffer, good: Buffer): boolean {
  return [EXCEPTION_BYTES, good.length].some((length) =>
    Array.from({ length: Math.max(0, bytes.length - length + 1) }, (_, at) => bytes.subarray(at, at + length)).some(
      (frame) =>
        frame[0] === good[0] &&
        ((frame[1] as number) & 0x7f) === good[1] &&
        !frame.equals(good) &&
        frame.equals(rtuFrame(frame[0] as number, frame.subarray(1, -2))),
    ),
  );
}

function inPieces(bytes: Buffer, piece: number): readonly (readonly [number, Buffer])[] {
  return Array.from({ length: Math.ceil(bytes.length / piece) }, (_, n) => [
    n + 1,
    bytes.subarray(n * piece, (n + 1) * piece),
  ]);
}

test.run();
