import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('window-stats settings', { timeoutMs: 120_000 });
const ready = await readyModule('window-stats');

const NAME = '1 to 64 of A-Z a-z 0-9 . _ -';
const window = (more: Json): Json => ({ windows: { w: { lengthMs: 1_000, fields: ['x'], ...more } } });
const whole = (low: number, high: number): string => `a whole number from ${low} to ${high}`;
const FREE = 'a name that the result does not have itself';

/** Settings, and the place, expectation and value that are reported. */
const MISTAKES: [Json, string, string, unknown?][] = [
  [{}, 'windows', 'an object'],
  [{ windows: {} }, 'windows', '1 to 8 windows', {}],
  [{ windows: { 'a b': { lengthMs: 1_000, fields: ['x'] } } }, 'windows.a b', NAME, 'a b'],
  [{ windows: { w: 1 } }, 'windows.w', 'an object', 1],
  [{ windows: { w: { fields: ['x'] } } }, 'windows.w.lengthMs', whole(100, 86_400_000)],
  [window({ lengthMs: 99 }), 'windows.w.lengthMs', whole(100, 86_400_000), 99],
  [window({ lengthMs: 1000.5 }), 'windows.w.lengthMs', whole(100, 86_400_000), 1000.5],
  [window({ slideMs: 99 }), 'windows.w.slideMs', whole(100, 86_400_000), 99],
  [window({ slideMs: 300 }), 'windows.w.slideMs', 'a 1st to 60th part of lengthMs', 300],
  [window({ slideMs: 2_000 }), 'windows.w.slideMs', 'a 1st to 60th part of lengthMs', 2_000],
  [window({ lengthMs: 6_100, slideMs: 100 }), 'windows.w.slideMs', 'a 1st to 60th part of lengthMs', 100],
  [window({ fields: [] }), 'windows.w.fields', 'a list of 1 to 16 names', []],
  [window({ fields: 'x' }), 'windows.w.fields', 'a list of 1 to 16 names', 'x'],
  [window({ fields: ['x', 3] }), 'windows.w.fields[1]', NAME, 3],
  [window({ fields: ['x', 'x'] }), 'windows.w.fields[1]', 'each name once', 'x'],
  [window({ fields: ['late'] }), 'windows.w.fields[0]', FREE, 'late'],
  [window({ fields: ['device'] }), 'windows.w.fields[0]', FREE, 'device'],
  [window({ field: 'x' }), 'windows.w.field', 'no such key', 'x'],
  [{ ...window({}), quantiles: 0.5 }, 'quantiles', 'a list of at most 8 numbers', 0.5],
  [{ ...window({}), quantiles: [0.5, 1.01] }, 'quantiles[1]', 'a number from 0 to 1', 1.01],
  [{ ...window({}), quantiles: ['p50'] }, 'quantiles[0]', 'a number from 0 to 1', 'p50'],
  [{ ...window({}), accuracy: 0.0049 }, 'accuracy', 'a number from 0.005 to 0.1', 0.0049],
  [{ ...window({}), latenessMs: -1 }, 'latenessMs', whole(0, 3_600_000), -1],
  [{ ...window({}), aheadMs: 86_400_001 }, 'aheadMs', whole(0, 86_400_000), 86_400_001],
  [{ ...window({}), silenceMs: 0 }, 'silenceMs', whole(100, 3_600_000), 0],
  [{ ...window({}), time: 'server' }, 'time', 'event or arrival', 'server'],
  [{ ...window({}), groupBy: 'end' }, 'groupBy', FREE, 'end'],
  [{ ...window({}), every: 1 }, 'every', 'no such key', 1],
  [window({ lengthMs: 6_000, slideMs: 100, fields: ['a', 'b', 'c', 'd'] }), 'windows', 'at most 256 panes', '284'],
];

for (const target of TARGETS) {
  test(`${target}: each mistake is reported with its place, what was expected and what came`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const rig = new ModuleRig(ready.wasm(target)).start(settings);
      const { error, status, inForce } = rig.reported['settings'] as { error: Json; status: string; inForce: string };
      assert.deepEqual([status, inForce], ['refused', 'none'], JSON.stringify(settings));
      assert.deepEqual(error, { path, expected, ...(got !== undefined && { got }) });
    }
  });

  test(`${target}: the widest settings are accepted`, () => {
    const fields = ['a', 'b', 'c', 'd'];
    const rig = new ModuleRig(ready.wasm(target));
    rig.start({ windows: { w: { lengthMs: 6_000, slideMs: 100, fields } }, latenessMs: 0 });
    assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
  });

  test(`${target}: refused settings leave the windows as they are, accepted ones send what was open as partial`, () => {
    const rig = new ModuleRig(ready.wasm(target)).start(window({}));
    rig.message({ device: 'd', time: rig.timeMs, x: 1 });
    rig.patch({ windows: { w: { lengthMs: 0 } } });
    assert.deepEqual(rig.take(), []);
    assert.equal((rig.reported['settings'] as Json)['inForce'], 'previous');
    rig.patch({ windows: { w: { lengthMs: 2_000 } } });
    const [message] = rig.take();
    assert.deepEqual([message!['window'], message!['partial']], ['w', true]);
    assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
  });

  test(`${target}: readings of several devices are counted apart, up to eight of them`, () => {
    const rig = new ModuleRig(ready.wasm(target)).start(window({}));
    for (let n = 0; n < 10; n++) rig.message({ device: `d${n}`, time: rig.timeMs, x: n });
    rig.message({ time: rig.timeMs, x: 9 }).advance(500);
    assert.equal(rig.reported['groupsDropped'], 3);
    rig.stop();
    assert.deepEqual(
      rig.take().map(({ device, x }) => [device, (x as Json)['count'], (x as Json)['max']]),
      Array.from({ length: 8 }, (_, n) => [`d${n}`, 1, n]),
    );
  });

  test(`${target}: memory stays flat over 100,000 readings in wide settings, and within what the module asks for`, () => {
    const rig = new ModuleRig(ready.wasm(target));
    rig.start({ windows: { w: { lengthMs: 6_000, slideMs: 100, fields: ['x', 'y', 'z', 'u'] } }, latenessMs: 0 });
    const count = target === 'release' ? 100_000 : 15_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      // Numbers of both signs over 20 decades fill every bucket there is.
      const x = (n % 2 === 0 ? 1 : -1) * 10 ** (((n * 7_919) % 2_000) / 100 - 10);
      rig.advance(1).message({ device: 'd', time: rig.timeMs, x, y: -x, z: x * 3, u: 1 / x });
      if (n === 10_000) settled = rig.module.memoryBytes;
      if (n % 1_000 === 0) rig.take();
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 4_194_304, `${settled} bytes`);
  });
}

test.run();
