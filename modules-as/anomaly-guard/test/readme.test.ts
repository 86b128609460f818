import { assert, suite } from '../../../test/lib/suite.ts';
import { block, TABLE } from '../../test-lib/modbus-payloads.ts';
import { type Json, ModuleRig, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';

const test = suite('anomaly-guard README', { timeoutMs: 120_000 });
const ready = await readyModule('anomaly-guard');
const open = (settings: Json): ModuleRig => new ModuleRig(ready.wasm('release')).start(settings);

test('the example yields what it shows', () => {
  const rig = open((readmeExample('anomaly-guard', 'settings') as [Json])[0]);
  for (const reading of readmeExample('anomaly-guard', 'input') as Json[]) rig.message(reading);
  assert.equal(rig.takeRequests()[0]!.function, 5);
  rig.advance(5).answer(1, 0);
  rig.advance(2).answer(2, 0, block(TABLE.coil, 1, [1]));
  assert.deepEqual(rig.take(), readmeExample('anomaly-guard', 'output'));
});

test('the settings of the pump stop it when it locks, and not when it is at rest', () => {
  const rig = open((readmeExample('anomaly-guard', 'pump') as [Json])[0]);
  assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
  const good = { device: 'pump', dischargePressure: 71, intakePressure: 14, motorCurrent: 7, driveOn: 1 };
  for (let n = 0; n < 200; n++) rig.message({ ...good, dischargePressure: 68 + (n % 7) }).advance(100);
  assert.deepEqual(rig.take(), []);
  rig.message({ ...good, dischargePressure: 63 }).message({ ...good, dischargePressure: 62 });
  assert.deepEqual(
    rig.takeRequests().map(({ function: code, address }) => [code, address]),
    [[5, 1]],
  );
  const rest = open((readmeExample('anomaly-guard', 'pump') as [Json])[0]);
  for (let n = 0; n < 200; n++) rest.message({ ...good, motorCurrent: 0, intakePressure: 24, driveOn: 0 }).advance(100);
  for (let n = 0; n < 150; n++) rest.message({ ...good, motorCurrent: 1, dischargePressure: 20 }).advance(100);
  assert.deepEqual(rest.take(), [], 'a start takes time to build up pressure');
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('anomaly-guard'), `${ready.bytes} bytes`);
});

test.run();
