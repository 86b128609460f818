import fc from 'fast-check';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { answersAfter } from '../unit/host/drivers/fake-bus.ts';
import { ended, LineRig, unitAt } from '../unit/host/drivers/line-rig.ts';

const test = suite('modbus line, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const chunk = fc.tuple(fc.nat(150), fc.uint8Array({ maxLength: 600 }));

test('any bytes from a line give only coded ends, and the line is found again', async () => {
  const rig = await LineRig.open({ u1: unitAt(1) });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), fc.boolean(), (chunks, isWrite) => {
      rig.bus.units.set(1, () => chunks);
      const answers = isWrite ? rig.write('u1', 'holding:7', [1]) : rig.read('u1', 'holding:7-9');
      rig.clock.advance(2_000);
      assert.ok(/^(-6 25[678]|-7 259|-8 0|-9 25[789]|-10 \d+)$/.test(ended(answers)), ended(answers));
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

test.run();
