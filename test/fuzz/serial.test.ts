import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import type { Framing } from '../../host/src/drivers/serial/config.ts';
import { createFramer } from '../../host/src/drivers/serial/create-framer.ts';
import { compileSerialGuard } from '../../host/src/drivers/serial/guard.ts';
import {
  decodeSerialRequest,
  encodeSerialRequest,
  FRAME_BYTES_MAX,
  isSubscription,
} from '../../host/src/drivers/serial/request-codec.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { SerialRig, serialConfig } from '../unit/host/drivers/serial/serial-rig.ts';
import { VirtualClock } from '../unit/host/drivers/virtual-clock.ts';
import { framesOf, REST_MS, type Reception } from './serial-reference.ts';

const test = suite('serial, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };
const STATUSES: ReadonlySet<number> = new Set(Object.values(STATUS));

/** Few different bytes, so that delimiters and lengths that fit come up. */
const byte = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 10, 13, 65), fc.nat(255));
const bytes = fc.array(byte, { maxLength: 60 }).map((list) => Uint8Array.from(list));
/** Bytes that come, and the silence before them. */
const receptions: fc.Arbitrary<readonly Reception[]> = fc.array(
  fc.record({ afterMs: fc.oneof(fc.nat(5), fc.nat(2 * REST_MS)), bytes }),
  { maxLength: 12 },
);
const framing: fc.Arbitrary<Framing> = fc.oneof(
  fc.constantFrom('\n', '\r\n', 'AA', 'A\nA').map((delimiter) => ({ type: 'delimiter', delimiter }) as const),
  fc.record(
    {
      type: fc.constant('length' as const),
      offset: fc.nat(4),
      bytes: fc.integer({ min: 1, max: 4 }),
      order: fc.constantFrom('big' as const, 'little' as const),
      adds: fc.integer({ min: -8, max: 8 }),
    },
    { noNullPrototype: true },
  ),
  fc.integer({ min: 1, max: 300 }).map((gapMs) => ({ type: 'silence', gapMs }) as const),
);

test('any bytes in any pieces give exactly the frames that a reference finds in the whole', () => {
  fc.assert(
    fc.property(framing, fc.integer({ min: 1, max: 24 }), receptions, (how, frameBytes, received) => {
      const clock = new VirtualClock();
      const frames: string[] = [];
      let noise = 0;
      const framer = createFramer(serialConfig({ framing: how, frameBytes }), clock, {
        frame: (frame) => {
          assert.ok(frame.byteLength <= Math.max(frameBytes, how.type === 'length' ? how.offset + how.bytes : 0));
          frames.push(Buffer.from(frame).toString('hex'));
        },
        noise: () => noise++,
      });
      for (const { afterMs, bytes: piece } of received) {
        clock.advance(afterMs);
        const reused = Uint8Array.from(piece);
        framer.push(reused);
        reused.fill(0x55);
      }
      clock.advance(10_000);
      assert.deepEqual({ frames, noise }, framesOf(how, frameBytes, received));
      assert.equal(clock.pending, 0);
    }),
    OPTIONS,
  );
});

test('whatever comes from a device, each request has one coded end, and the line is found again', async () => {
  let [begun, ended] = [0, 0];
  await fc.assert(
    fc.asyncProperty(framing, fc.array(fc.tuple(fc.boolean(), receptions), { maxLength: 4 }), async (how, rounds) => {
      begun++;
      const rig = await SerialRig.open(serialConfig({ framing: how, frameBytes: 64 }));
      const heard = rig.ask({ kind: 'subscribe' });
      for (const [isExchange, received] of rounds) {
        const answers = isExchange ? rig.exchange('ask\n') : rig.write('set\n');
        for (const { afterMs, bytes: piece } of received) {
          await rig.pass(afterMs);
          rig.port.events.received(piece);
        }
        // The longest way: a rest that ends because the line does not fall silent, and the port opened anew.
        await rig.pass(100);
        await rig.pass(1_000);
        assert.equal(answers.length, 1);
        const allowed: readonly number[] = isExchange ? [STATUS.ok, STATUS.timeout, STATUS.expired] : [STATUS.ok];
        assert.ok(allowed.includes(answers[0]!.status), `${answers[0]!.status}`);
        assert.ok(Buffer.byteLength(answers[0]!.text, 'latin1') <= FRAME_BYTES_MAX);
      }
      for (const { status } of heard) assert.equal(status, STATUS.ok);
      await rig.pass(60_000);
      const again = rig.exchange('ask\n');
      await rig.pass(0);
      const [first, expected] = soundFrame(how);
      rig.port.receive(first);
      await rig.pass(99);
      if (expected !== undefined) assert.deepEqual(again, [{ status: STATUS.ok, text: expected }]);
      const closed = rig.driver.close();
      await rig.pass(1_000);
      await closed;
      assert.ok(rig.clock.pending === 0 && rig.ports.every(({ isClosed }) => isClosed));
      ended++;
    }),
    OPTIONS,
  );
  assert.equal(ended, begun, 'what never ends would pass for the end of the time');
});

/** What a device sends as one frame, and what the module gets of it; undefined for lengths that no short frame has. */
function soundFrame(how: Framing): readonly [sent: string, got: string | undefined] {
  switch (how.type) {
    case 'delimiter':
      return [`ok${how.delimiter}`, 'ok'];
    case 'silence':
      return ['ok', how.gapMs <= 99 ? 'ok' : undefined];
    case 'length': {
      const { offset, bytes: width, order, adds } = how;
      const whole = offset + width + 2;
      if (whole < adds) return ['', undefined];
      const number = Buffer.alloc(width);
      number[order === 'big' ? width - 1 : 0] = whole - adds;
      const text = `${'A'.repeat(offset)}${number.toString('latin1')}ok`;
      return [text, text];
    }
    default:
      return how satisfies never;
  }
}

const guard = compileSerialGuard(
  [
    { device: 'gps', read: true, write: false },
    { device: 'scale', read: false, write: true },
  ],
  ['gps', 'scale', 'other'],
);
const anyPayload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(
      fc.oneof(
        fc.constant({ kind: 'subscribe' as const }),
        fc.record(
          {
            kind: fc.constantFrom('write' as const, 'exchange' as const),
            data: fc.uint8Array({ minLength: 1, maxLength: 20 }),
            expiryMs: fc.nat(5_000),
          },
          { noNullPrototype: true },
        ),
      ),
      fc.constantFrom('gps', 'scale', 'other', 'nowhere'),
      fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 3 }),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([request, device, changes, growth]) => {
      const base = encodeSerialRequest(request, device);
      const payload = new Uint8Array(Math.max(0, base.length + growth));
      payload.set(base.subarray(0, payload.length));
      for (const [at, value] of changes) if (at < payload.length) payload[at] = value;
      return payload;
    }),
);

test('a request of any bytes is refused, or means exactly what it says and nothing outside the grant', () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const verdict = guard.judge(payload);
      const request = decodeSerialRequest(payload);
      assert.equal(verdict === STATUS.invalid, request === undefined);
      assert.ok(verdict === STATUS.ok || verdict === STATUS.invalid || verdict === STATUS.denied);
      if (request === undefined) return;
      const name = Buffer.from(payload.subarray(payload.length - payload[1]!));
      assert.equal(isSubscription(payload), request.kind === 'subscribe');
      const isGranted =
        request.kind === 'subscribe' ? name.equals(Buffer.from('gps')) : name.equals(Buffer.from('scale'));
      assert.equal(verdict === STATUS.ok, isGranted);
      // An expiry of 0 is decoded as what it stands for.
      const same = encodeSerialRequest(request, 'x'.repeat(name.length));
      const isDefault = request.kind !== 'subscribe' && payload.subarray(4, 8).every((each) => each === 0);
      const end = payload.length - name.length;
      assert.equal(same.length, payload.length);
      if (!isDefault) assert.deepEqual(same.subarray(0, end), payload.subarray(0, end));
    }),
    OPTIONS,
  );
});

test('a driver gives any bytes from a module exactly one answer', async () => {
  const rig = await SerialRig.open();
  rig.isThere = false;
  rig.port.events.closed(new Error('gone'));
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const statuses: number[] = [];
      // Older than any expiry, so that what waits for the absent port ends too.
      const caller = { module: 'm', instance: 1, request: 1, ageMs: 2 ** 33 };
      rig.driver.request({ ...caller, answer: (status) => void statuses.push(status) }, payload);
      const request = decodeSerialRequest(payload);
      const isScale = Buffer.from(payload.subarray(-5)).toString() === 'scale' && payload[1] === 5;
      if (request?.kind === 'subscribe' && isScale) assert.deepEqual(statuses, []);
      else assert.equal(statuses.length, 1);
      for (const status of statuses) assert.ok(STATUSES.has(status) && status !== STATUS.ok);
    }),
    OPTIONS,
  );
  await rig.driver.close();
  assert.equal(rig.clock.pending, 0);
});

test.run();
