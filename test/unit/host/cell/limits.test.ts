import { STATUS } from '../../../../host/src/abi/constants.ts';
import { pull, puppetWasm, SCRATCH, type Step } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';

const test = suite('limits by module, in the cell');
const RESULTS = 'FROM /messages/modules/a/outputs/results INTO $upstream';
const emit: Step = ['message.emit', 1, 0, 0, 0, SCRATCH, 8];

/** A puppet that may emit as many messages a second, the one with its results included. */
function emitter(messagesPerSecond: number): { cell: TestCell; a: number } {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, messagesPerSecond } });
  cell.routes(RESULTS);
  cell.cell.start(a);
  cell.advance(1_000);
  return { cell, a };
}

test('[ABI-4.3] a message above the rate of its module is refused with limit and counted', () => {
  const { cell, a } = emitter(5);
  const { results } = pull(cell, a, ...Array<Step>(4).fill(emit));
  assert.deepEqual(results, Array(4).fill(STATUS.ok));
  assert.equal(cell.counters('a').messageRate, 0);
  pull(cell, a, emit);
  assert.equal(cell.counters('a').messageRate, 2, 'the message and that with the results');
  assert.equal(cell.counters('a').emitted, 6);
  cell.advance(1_000);
  const later = pull(cell, a, emit);
  assert.deepEqual(later.results, [STATUS.ok]);
});

test('[ABI-4.3] an event that does not commit gets no messages back', () => {
  const { cell, a } = emitter(5);
  pull(cell, a, ...Array<Step>(4).fill(emit), ['return', 7]);
  assert.equal(cell.counters('a').emitted, 1, 'that of the start');
  pull(cell, a, emit);
  assert.equal(cell.counters('a').messageRate, 2);
});

test('an operator hears that a module floods its outputs', () => {
  const { cell, a } = emitter(1);
  cell.takeNotices();
  pull(cell, a, emit, emit, emit);
  cell.advance(1_000);
  const codes = cell.takeNotices().flatMap((notice) => (notice.kind === 'event' ? [notice.code] : []));
  assert.deepEqual(codes, ['LIMIT_MESSAGES']);
});

test('modules share an image, which goes with the last of them', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const b = cell.install('b', puppetWasm(), { image: a });
  for (const slot of [a, b]) cell.cell.start(slot);
  cell.cell.remove(a);
  const c = cell.install('c', puppetWasm(), { image: a });
  cell.cell.start(c);
  assert.equal(cell.state('b'), 'running');
  assert.equal(cell.state('c'), 'running');
  for (const slot of [b, c]) cell.cell.remove(slot);
  assert.throws(() => cell.install('d', puppetWasm(), { image: a }), /image/);
});

test.run();
