import { assert, suite } from '../../../test/lib/suite.ts';
import { block, TABLE } from '../../test-lib/modbus-payloads.ts';
import { type Json, ModuleRig, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';

const test = suite('modbus-translate README', { timeoutMs: 120_000 });
const ready = await readyModule('modbus-translate');
const [settings] = readmeExample('modbus-translate', 'settings') as [Json];
const open = (map: Json): ModuleRig => new ModuleRig(ready.wasm('release')).start(map);

test('the example yields what it shows', () => {
  const [{ input, coil }] = readmeExample('modbus-translate', 'reading') as [{ input: number[]; coil: number[] }];
  const rig = open(settings);
  rig.answer(1, 0, Buffer.concat([block(TABLE.input, 0, input), block(TABLE.coil, 0, coil)]));
  assert.deepEqual(rig.take(), readmeExample('modbus-translate', 'output'));
});

test('the mistake it shows is reported as it shows', () => {
  const rig = open(settings).answer(
    1,
    0,
    Buffer.concat([block(TABLE.input, 0, Array(10).fill(0)), block(TABLE.coil, 0, [0, 0])]),
  );
  rig.patch({ registers: { flow: { type: 'float' } } });
  assert.deepEqual({ map: rig.reported['map'] }, readmeExample('modbus-translate', 'refused')[0]);
});

test('the map of the pump is accepted', () => {
  const rig = open((readmeExample('modbus-translate', 'pump') as [Json])[0]);
  rig.answer(1, 0, Buffer.concat([block(TABLE.input, 0, Array(14).fill(0)), block(TABLE.coil, 0, [0, 0])]));
  assert.deepEqual(rig.reported['map'], { status: 'accepted', errors: 0 });
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('modbus-translate'), `${ready.bytes} bytes`);
});

test.run();
