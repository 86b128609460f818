import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { hear, openSensors } from './sensors-rig.ts';

const test = suite('ble-sensors settings', { timeoutMs: 120_000 });
const ready = await readyModule('ble-sensors');
const NAME = '1 to 64 of A-Z a-z 0-9 . _ -';
const FORMATS = 'a list of ruuvi and bthome, each at most once';
const PLACES = '1 to 12 of SERVICE/CHARACTERISTIC that are decoded, 4 digits each, such as 181a/2a6e';
const air = (more: Json): Json => ({ advertisements: { device: 'air', ...more } });
const leaf = (more: Json, name = 'boiler'): Json => ({
  devices: { [name]: { characteristics: ['181a/2a6e'], ...more } },
});
const many = (count: number): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n}`, { characteristics: ['180f/2a19'] }]));

/** Settings, and the place, expectation and value that are reported. */
const MISTAKES: [Json, string, string, unknown?][] = [
  [{ advertisements: 1 }, 'advertisements', 'an object', 1],
  [{ advertisements: {} }, 'advertisements.device', NAME],
  [air({ formats: [] }), 'advertisements.formats', FORMATS, []],
  [air({ formats: 'ruuvi' }), 'advertisements.formats', FORMATS, 'ruuvi'],
  [air({ formats: ['xiaomi'] }), 'advertisements.formats', FORMATS, ['xiaomi']],
  [air({ formats: ['ruuvi', 'ruuvi'] }), 'advertisements.formats', FORMATS, ['ruuvi', 'ruuvi']],
  [air({ repeatMs: -1 }), 'advertisements.repeatMs', 'a whole number from 0 to 3600000', -1],
  [air({ names: [] }), 'advertisements.names', 'an object', []],
  [
    air({ names: { 'a4:c1:38:01:02:03': 'x' } }),
    'advertisements.names.a4:c1:38:01:02:03',
    'an address in capitals, such as A4:C1:38:01:02:03',
    'x',
  ],
  [air({ names: { 'A4:C1:38:01:02:03': 'a b' } }), 'advertisements.names.A4:C1:38:01:02:03', NAME, 'a b'],
  [air({ key: 'x' }), 'advertisements.key', 'no such key', 'x'],
  [{ devices: [] }, 'devices', 'an object', []],
  [{ devices: { boiler: {} } }, 'devices.boiler.characteristics', PLACES],
  [leaf({ characteristics: [] }), 'devices.boiler.characteristics', PLACES, []],
  [leaf({ characteristics: '181a/2a6e' }), 'devices.boiler.characteristics', PLACES, '181a/2a6e'],
  ...['181a', '181a/2a6b', '181a-2a6e', '181/2a6e', '181a/2a6e0', '18xa/2a6e', '181a/2axe', ''].map(
    (place): [Json, string, string, unknown] => [
      leaf({ characteristics: [place] }),
      'devices.boiler.characteristics',
      PLACES,
      [place],
    ],
  ),
  [
    leaf({ characteristics: ['181a/2a6e', '181A/2A6E'] }),
    'devices.boiler.characteristics',
    PLACES,
    ['181a/2a6e', '181A/2A6E'],
  ],
  [leaf({ intervalMs: 999 }), 'devices.boiler.intervalMs', 'a whole number from 1000 to 86400000', 999],
  [leaf({ speed: 1 }), 'devices.boiler.speed', 'no such key', 1],
  [{ speed: 1 }, 'speed', 'no such key', 1],
];

for (const target of TARGETS) {
  const wasm = ready.wasm(target);

  test(`${target}: each mistake is reported with its place, what was expected and what came`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const rig = openSensors(wasm, settings);
      const { status, error } = rig.reported['settings'] as Json;
      assert.equal(status, 'refused');
      assert.deepEqual(error, { path, expected, ...(got !== undefined && { got }) }, JSON.stringify(settings));
      assert.deepEqual(rig.takeRequests(), []);
    }
  });

  test(`${target}: twelve devices are accepted and one more is not, and so with characteristics`, () => {
    const status = (settings: Json): unknown => (openSensors(wasm, settings).reported['settings'] as Json)['status'];
    const places = (count: number): string[] => Array.from({ length: count }, (_, n) => `18${10 + n}/2a6e`);
    assert.equal(status({ devices: many(12) }), 'accepted');
    assert.equal(status({ devices: many(13) }), 'refused');
    assert.equal(status(leaf({ characteristics: places(12) })), 'accepted');
    assert.equal(status(leaf({ characteristics: places(13) })), 'refused');
    assert.equal(status({}), 'accepted');
  });

  test(`${target}: settings with a mistake leave those before in force`, () => {
    const rig = openSensors(wasm, air({}));
    rig.patch({ devices: { boiler: 1 } });
    assert.equal((rig.reported['settings'] as Json)['inForce'], 'previous');
    assert.equal(hear(rig, 'bthome', '400161').length, 1);
  });
}

test.run();
