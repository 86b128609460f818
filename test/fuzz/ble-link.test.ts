import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { type Clock, systemClock } from '../../host/src/drivers/clock.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, report, suite } from '../lib/suite.ts';
import { TOOLS } from '../lib/tools.ts';
import { until } from '../lib/until.ts';
import { PATH, RawBench } from '../system/ble/raw-bench.ts';
import { type Answering, errorOf, tableAnswers } from '../system/ble/raw-peer.ts';

const test = suite('Bluetooth devices, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS, needs: [TOOLS.socat] });

const SPEED = 50;
/** A clock that runs fast, so that delays between attempts do not take all the time. */
const fastClock: Clock = {
  now: () => systemClock.now() * SPEED,
  time: () => systemClock.time(),
  after: (delayMs, callback) => systemClock.after(delayMs / SPEED, callback),
};

const honest = tableAnswers();
const EXPIRY_MS = 20_000;
const byte = fc.nat(255);
const pdu = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes));

/** One answer of the peer: honest, changed, or senseless. */
const answering: fc.Arbitrary<Answering> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(honest) },
  pdu.map((bytes) => () => bytes),
  fc.tuple(byte, pdu).map(
    ([code, bytes]): Answering =>
      () =>
        Buffer.concat([Buffer.from([code]), bytes]),
  ),
  pdu.map(
    (bytes): Answering =>
      (request) =>
        Buffer.concat([Buffer.from([request[0]! + 1]), bytes]),
  ),
  fc.tuple(fc.nat(40), byte).map(
    ([at, mask]): Answering =>
      (request) => {
        const answer = honest(request);
        if (!Buffer.isBuffer(answer) || answer.length === 0) return answer;
        answer[at % answer.length]! ^= mask;
        return answer;
      },
  ),
  fc.nat(30).map(
    (end): Answering =>
      (request) => {
        const answer = honest(request);
        return Buffer.isBuffer(answer) ? answer.subarray(0, end % (answer.length + 1)) : answer;
      },
  ),
  byte.map(
    (code): Answering =>
      (request) =>
        errorOf(request, code),
  ),
  fc.array(pdu, { maxLength: 3 }).map(
    (packets): Answering =>
      () =>
        packets,
  ),
  fc.constant((): undefined => undefined),
);

const run = fc.record({
  answers: fc.array(answering, { minLength: 1, maxLength: 12 }),
  asked: fc.array(fc.constantFrom('read', 'write', 'long write', 'subscribe'), { minLength: 1, maxLength: 3 }),
  unasked: fc.array(fc.tuple(fc.boolean(), pdu), { maxLength: 3 }),
  advertised: fc.uint8Array({ maxLength: 31 }),
});

function ask(bench: RawBench, what: string): Promise<{ status: number; detail: number }> {
  if (what === 'read') return bench.ask({ kind: 'read', path: PATH, expiryMs: EXPIRY_MS });
  // It is answered when there is a link, which may never be.
  if (what === 'subscribe') void bench.ask({ kind: 'subscribe', path: PATH });
  const data = new Uint8Array(what === 'write' ? 20 : 400);
  return bench.ask({ kind: 'write', path: PATH, data, withResponse: true, expiryMs: EXPIRY_MS });
}

test('whatever a device sends, each request ends with a code, and an honest device works afterwards', () =>
  RawBench.run(
    honest,
    async (bench) => {
      let runs = 0;
      const property = fc.asyncProperty(run, async ({ answers, asked, unasked, advertised }) => {
        runs++;
        let next = 0;
        bench.peer.answering = (request) => answers[next++ % answers.length]!(request);
        bench.peer.advertise(Buffer.from(advertised));
        for (const [isFirst, bytes] of unasked) bench.peer.sendRaw(bytes, isFirst);
        const asking = asked.map((what) => ask(bench, what));
        for (const { status, detail } of await Promise.all(asking)) {
          assert.ok(Object.values(STATUS).includes(status as never), `status ${status}`);
          assert.ok(Number.isInteger(detail) && detail >= 0 && detail <= 262, `detail ${detail}`);
        }
        bench.driver.moduleDown('m');
      });
      await fc.assert(property, { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS });
      bench.peer.answering = honest;
      // What it said before of what it has holds as long as the link does.
      bench.peer.send(Buffer.alloc(0));
      // Another module: the last run may still go on, and end with that of the others.
      const read = () => bench.ask({ kind: 'read', path: PATH, expiryMs: EXPIRY_MS }, 'after');
      await until('an honest answer', async () => (await read()).status === STATUS.ok, FUZZ_DEADLINE_MS / 2);
      report(`${runs} runs, ${bench.peer.links} links`);
    },
    { clock: fastClock, timeoutMs: 10_000 },
  ));

test.run();
