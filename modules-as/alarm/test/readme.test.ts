import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';

const test = suite('alarm README', { timeoutMs: 120_000 });
const ready = await readyModule('alarm');
const open = (settings: Json): ModuleRig => new ModuleRig(ready.wasm('release')).start(settings);

test('the example yields what it shows', () => {
  const rig = open((readmeExample('alarm', 'settings') as [Json])[0]);
  for (const anomaly of readmeExample('alarm', 'input') as Json[]) rig.message(anomaly);
  assert.deepEqual(rig.take(), readmeExample('alarm', 'output'));
});

test('the settings for the pump are accepted', () => {
  const rig = open((readmeExample('alarm', 'pump') as [Json])[0]);
  assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('alarm'), `${ready.bytes} bytes`);
});

test.run();
