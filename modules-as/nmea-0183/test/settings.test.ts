import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { emit, openNmea } from './nmea-rig.ts';

const test = suite('nmea-0183 settings', { timeoutMs: 120_000 });
const ready = await readyModule('nmea-0183');
const TYPES = 'a list of GGA, RMC, GLL, VTG, GSA, GSV, ZDA, HDT, DBT, DPT, MWV and MTW';
const NAME = '1 to 64 of A-Z a-z 0-9 . _ -';
const RANGE = 'a whole number from 100 to 3600000';

/** Settings, and the place, expectation and value that are reported. */
const MISTAKES: [Json, string, string, unknown?][] = [
  [{}, 'device', NAME],
  [{ device: 'a b' }, 'device', NAME, 'a b'],
  [{ device: 'gps', sentences: 'GGA' }, 'sentences', TYPES, 'GGA'],
  [{ device: 'gps', sentences: [] }, 'sentences', TYPES, []],
  [{ device: 'gps', sentences: ['GGA', 'XYZ'] }, 'sentences', `${TYPES}, each at most once`, ['GGA', 'XYZ']],
  [{ device: 'gps', sentences: ['GGA', 'GGA'] }, 'sentences', `${TYPES}, each at most once`, ['GGA', 'GGA']],
  [{ device: 'gps', emit: 'all' }, 'emit', 'sentences or merged', 'all'],
  [{ device: 'gps', emit: 1 }, 'emit', 'sentences or merged', 1],
  [{ device: 'gps', emit: 'merged', intervalMs: 99 }, 'intervalMs', RANGE, 99],
  [{ device: 'gps', emit: 'merged', staleMs: 3_600_001 }, 'staleMs', RANGE, 3_600_001],
  [{ device: 'gps', intervalMs: 1000 }, 'intervalMs', 'no interval unless emit is merged', 1000],
  [{ device: 'gps', staleMs: 1000 }, 'staleMs', 'no age unless emit is merged', 1000],
  [{ device: 'gps', speed: 1 }, 'speed', 'no such key', 1],
];

for (const target of TARGETS) {
  test(`${target}: each mistake is reported with its place, what was expected and what came`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const rig = openNmea(ready.wasm(target), settings);
      assert.deepEqual(rig.reported['settings'], {
        ...{ status: 'refused', errors: 1, inForce: 'none' },
        error: { path, expected, ...(got !== undefined && { got }) },
      });
      assert.deepEqual(rig.takeRequests(), []);
    }
  });

  test(`${target}: settings with a mistake leave those before in force`, () => {
    const rig = openNmea(ready.wasm(target));
    assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
    rig.patch({ emit: 'never' });
    assert.equal((rig.reported['settings'] as Json)['inForce'], 'previous');
    assert.equal(emit(rig, '$GPHDT,274.07,T*03').length, 1);
  });
}

test.run();
