import fc from 'fast-check';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { pull, puppetWasm, SCRATCH, type Step } from '../lib/puppet.ts';
import { assert, suite } from '../lib/suite.ts';
import { TestCell } from '../lib/test-cell.ts';
import { FORWARD_WAT } from '../lib/wat.ts';

const test = suite('imports, called with anything', { timeoutMs: FUZZ_DEADLINE_MS });
const PUPPET = puppetWasm(['kv', 'modbus']);
const GRANT = { device: 'pump', read: ['holding:0-9'], write: ['coil:1'], poll: ['fast'] };
const MEMORY = 131_072;

/** Numbers around everything that matters: places and lengths in memory, ids, signs, ends of ranges. */
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 7, 16, 63, 64, SCRATCH, SCRATCH + 8, MEMORY - 1, MEMORY, MEMORY + 1, 65_536, -1, -8),
  fc.constantFrom(0x7fff_ffff, -0x8000_0000, 4096, 5120),
  fc.integer({ min: 0, max: 300 }),
  fc.integer(),
);
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '\x03\x04\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00pump',
    '\x05\x04\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01pump',
  ),
  fc.constantFrom('\x00\x04\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00fastpump', '{"a":null}', 'results'),
);
const call = (name: string, count: number): fc.Arbitrary<Step> =>
  fc
    .array(number, { minLength: count, maxLength: count })
    .map((parameters) => [name, ...parameters] as unknown as Step);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: text.map((value): Step => ['poke', SCRATCH, Buffer.from(value).toString('latin1')]) },
  ...[
    call('message.input', 2),
    call('message.output', 2),
    call('message.emit', 6),
    call('message.source', 3),
    call('log.write', 3),
    call('log.abort', 6),
    call('timer.set', 3),
    call('timer.clear', 1),
    call('twin.report', 2),
    call('method.respond', 4),
    call('kv.get', 4),
    call('kv.set', 4),
    call('kv.remove', 2),
    call('modbus.request', 2),
  ].map((arbitrary) => ({ weight: 1, arbitrary })),
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(['grow', 0], ['grow', 1], ['mode', 'trap'], ['mode', 'refuse'], ['mode', 'copy']),
  },
);
const ending = fc.constantFrom<Step>(['return', 0], ['return', 0], ['return', 5], ['trap']);
const scripts = fc.array(fc.tuple(fc.array(step, { maxLength: 12 }), ending, fc.nat(2_000)), {
  minLength: 1,
  maxLength: 8,
});

test('leave the cell and the neighbours at work, and the counters in step', () => {
  fc.assert(
    fc.property(scripts, (events) => {
      const cell = new TestCell();
      const hostile = cell.install('hostile', PUPPET, {
        kv: { bytes: 500 },
        modbus: [GRANT],
        polls: { pump: { fast: ['holding:0-3'] } },
      });
      const sender = cell.install('sender', PUPPET, { kv: { bytes: 500 }, modbus: [], polls: {} });
      const neighbour = cell.install('neighbour', FORWARD_WAT);
      cell.routes(
        'FROM /messages/modules/sender/outputs/seen INTO BrokeredEndpoint("/modules/neighbour/inputs/in")',
        'FROM /messages/modules/hostile/* INTO BrokeredEndpoint("/modules/hostile/inputs/back")',
        'FROM /messages/* INTO $upstream',
      );
      for (const slot of [neighbour, sender, hostile]) cell.cell.start(slot);
      cell.settle();
      for (const [steps, end, ms] of events) {
        const before = cell.counters('neighbour').events;
        pull(cell, hostile, ...steps, end);
        pull(cell, sender, ['message.emit', 1, 0, 0, 0, SCRATCH, 32]);
        assert.equal(cell.counters('neighbour').events, before + 1, 'the neighbour got its message, once');
        const status = cell.cell.status().modules[hostile]!;
        assert.ok(status.stateBytes >= 0 && status.stateBytes <= 500, `${status.stateBytes} bytes of state`);
        assert.ok(status.pendingRequests >= 0 && status.pendingRequests <= 16, `${status.pendingRequests} requests`);
        assert.ok(Object.values(status.counters).every((count) => count >= 0));
        cell.advance(ms);
        cell.takeEffects();
        cell.takeNotices();
      }
    }),
    { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS },
  );
});

test.run();
