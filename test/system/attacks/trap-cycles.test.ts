import { assert, suite } from '../../lib/suite.ts';
import { runTrapCycles } from './trap-cycles.ts';

const test = suite('modules that trap at each start', { timeoutMs: 120_000 });
/** A fifth of a minute; `npm run soak -- --cycles 100000` is the full length. */
const CYCLES = 5_000;
const GROWTH_MAX_MB = 10;

test('leave nothing behind: after five thousand starts the process has the memory that it had after one thousand', async () => {
  const { cycles, settledMb, endMb } = await runTrapCycles(CYCLES);
  assert.ok(cycles >= CYCLES);
  assert.ok(settledMb > 0);
  assert.ok(endMb - settledMb < GROWTH_MAX_MB, `${settledMb.toFixed(1)} MB, then ${endMb.toFixed(1)} MB`);
});

test.run();
