import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';

const test = suite('window-stats README', { timeoutMs: 120_000 });
const ready = await readyModule('window-stats');

test('the example yields what it shows', () => {
  const [settings] = readmeExample('window-stats', 'settings') as [Json];
  const rig = new ModuleRig(ready.wasm('release')).start(settings);
  for (const reading of readmeExample('window-stats', 'input') as Json[]) rig.message(reading);
  assert.deepEqual(rig.take(), readmeExample('window-stats', 'output'));
});

test('the settings for the pump are accepted and send results', () => {
  const [settings] = readmeExample('window-stats', 'pump') as [Json];
  const rig = new ModuleRig(ready.wasm('release')).start(settings);
  assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
  for (let n = 0; n < 120; n++) rig.message({ device: 'pump', time: rig.timeMs, dischargePressure: 70 }).advance(100);
  assert.ok(rig.take().length > 0);
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('window-stats'), `${ready.bytes} bytes`);
});

test.run();
