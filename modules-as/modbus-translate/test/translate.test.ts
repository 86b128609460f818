import { assert, suite } from '../../../test/lib/suite.ts';
import { block, TABLE } from '../../test-lib/modbus-payloads.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('modbus-translate', { timeoutMs: 120_000 });
const ready = await readyModule('modbus-translate');
const MAP = { device: 'pump', poll: 'fast', registers: { pressure: { address: 'input:2', scale: 0.01, unit: 'bar' } } };
const GOOD = block(TABLE.input, 0, [7100, 5000, 1350, 700]);

for (const target of TARGETS) {
  const open = (map: Json = MAP): ModuleRig => new ModuleRig(ready.wasm(target)).start(map);

  test(`${target}: subscribes to its poll once and emits what each reading says, with the time of the reading`, () => {
    const rig = open();
    const [request] = rig.takeRequests();
    assert.deepEqual(
      { ...request, data: request!.data.toString() },
      {
        id: 1,
        function: 0,
        device: 'pump',
        address: 0,
        count: 4,
        expiryMs: 0,
        data: 'fast',
      },
    );
    rig.answer(1, 0, GOOD);
    rig.advance(100).answer(1, 0, block(TABLE.input, 0, [0, 0, 1351, 0]));
    assert.deepEqual(rig.emitted, [
      { output: 'telemetry', body: { device: 'pump', time: 1_700_000_000_000, pressure: 13.5 } },
      { output: 'telemetry', body: { device: 'pump', time: 1_700_000_000_100, pressure: 13.51 } },
    ]);
    assert.deepEqual(rig.takeRequests(), []);
  });

  test(`${target}: says in the twin which map is in force, and the units of its values`, () => {
    const rig = open();
    assert.deepEqual({ ...rig.reported }, { map: { status: 'waiting', errors: 0 } });
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.reported['map'], { status: 'accepted', errors: 0 });
    assert.deepEqual(rig.reported['units'], { pressure: 'bar' });
    assert.equal(rig.reported['registers'], 1);
  });

  test(`${target}: a patch changes one register and leaves the others`, () => {
    const rig = open().answer(1, 0, GOOD);
    rig.patch({
      registers: { current: { address: 'input:3', scale: 0.01 }, pressure: { scale: null, unit: 'count' } },
    });
    rig.take();
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.take(), [{ device: 'pump', time: 1_700_000_000_000, pressure: 1350, current: 7 }]);
    assert.deepEqual(rig.reported['units'], { pressure: 'count' });
    rig.patch({ registers: { pressure: null } });
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.take(), [{ device: 'pump', time: 1_700_000_000_000, current: 7 }]);
  });

  test(`${target}: a map with a mistake is refused as a whole, the one before stays in force`, () => {
    const rig = open().answer(1, 0, GOOD);
    rig.patch({ registers: { current: { address: 'input:3' }, wrong: { address: 'input:1', type: 'u23' } } });
    assert.deepEqual(rig.reported['map'], {
      status: 'refused',
      errors: 1,
      inForce: 'previous',
      error: { path: 'registers.wrong.type', expected: 'u16, i16, u32, i32, u64, i64, f32, f64 or bool', got: 'u23' },
    });
    rig.take();
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.take(), [{ device: 'pump', time: 1_700_000_000_000, pressure: 13.5 }]);
    rig.patch({ registers: { wrong: null } });
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.take(), [{ device: 'pump', time: 1_700_000_000_000, pressure: 13.5, current: 700 }]);
    assert.deepEqual(rig.reported['map'], { status: 'accepted', errors: 0 });
  });

  test(`${target}: a register that the poll does not read is a mistake in the map, seen with the first reading`, () => {
    const rig = open().answer(1, 0, GOOD);
    rig.patch({ registers: { long: { address: 'input:3', type: 'f32' } } });
    assert.deepEqual(rig.reported['map'], { status: 'waiting', errors: 0 });
    rig.take();
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.reported['map'], {
      status: 'refused',
      errors: 1,
      inForce: 'previous',
      error: { path: 'registers.long.address', expected: 'registers of poll fast: input:0-3', got: 'input:3-4' },
    });
    assert.deepEqual(rig.take(), [{ device: 'pump', time: 1_700_000_000_000, pressure: 13.5 }]);
  });

  test(`${target}: after a restart with a mistake in the twin, the map accepted last is used`, () => {
    const before = open().answer(1, 0, GOOD);
    const rig = before.restarted(ready.wasm(target)).start({ ...MAP, poll: 7 });
    assert.deepEqual(rig.reported['map'], {
      status: 'refused',
      errors: 1,
      inForce: 'previous',
      error: { path: 'poll', expected: '1 to 64 of A-Z a-z 0-9 . _ -', got: 7 },
    });
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.take(), [{ device: 'pump', time: 1_700_000_000_000, pressure: 13.5 }]);
  });

  test(`${target}: without any good map nothing is asked of a device`, () => {
    const rig = open({});
    assert.deepEqual(rig.takeRequests(), []);
    assert.equal((rig.reported['map'] as Json)['inForce'], 'none');
    assert.deepEqual((rig.reported['map'] as Json)['error'], {
      path: 'device',
      expected: '1 to 64 of A-Z a-z 0-9 . _ -',
    });
  });

  test(`${target}: another poll is a new subscription, going back takes up the old one`, () => {
    const rig = open().answer(1, 0, GOOD);
    rig.takeRequests();
    rig.patch({ poll: 'slow' });
    assert.equal(rig.takeRequests()[0]!.data.toString(), 'slow');
    rig.take();
    rig.answer(1, 0, GOOD);
    assert.equal(rig.take().length, 1, 'the poll before goes on until the new one has proved itself');
    rig.answer(2, 0, GOOD);
    rig.take();
    rig.answer(1, 0, GOOD);
    assert.deepEqual(rig.take(), []);
    rig.patch({ poll: 'fast' });
    rig.answer(1, 0, GOOD);
    assert.equal(rig.take().length, 1);
    assert.deepEqual(rig.takeRequests(), []);
  });
}

test.run();
