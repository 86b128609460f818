import { readFileSync } from 'node:fs';
import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';
import { hear, openSensors, type SensorsRig } from './sensors-rig.ts';

const test = suite('ble-sensors README', { timeoutMs: 120_000 });
const ready = await readyModule('ble-sensors');
const example = (mark: string): unknown[] => readmeExample('ble-sensors', mark);

interface Heard {
  readonly format: 'ruuvi' | 'bthome' | 'gatt';
  readonly address: string;
  readonly rssi: number;
  readonly data: string;
}

function hearAll(rig: SensorsRig): Json[] {
  return (example('heard') as Heard[]).flatMap(({ format, address, rssi, data }) =>
    format === 'gatt' ? rig.answer(2, 0, Buffer.from(data, 'hex'), 1).take() : hear(rig, format, data, address, rssi),
  );
}

const open = (): SensorsRig => openSensors(ready.wasm('release'), example('settings')[0] as Json);

test('what it shows is decoded as it shows', () => {
  assert.deepEqual(hearAll(open()), example('output'));
});

test('the twin is as it shows', () => {
  const rig = open();
  hearAll(rig);
  const { settings: _settings, ...reported } = rig.advance(5_000).reported;
  assert.deepEqual(reported, example('reported')[0]);
});

test('its tables have every characteristic that is decoded, with its member, and every counter', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../assembly/environment.ts', import.meta.url), 'utf8');
  const known = [...source.matchAll(/new Characteristic\(0x(\w{4}), '(\w+)'/g)].map(
    ([, uuid, name]) => `${uuid} ${name}`,
  );
  const shown = [...text.matchAll(/`18\w\w\/(\w{4})` +\| `(\w+)`/g)].map(([, uuid, name]) => `${uuid} ${name}`);
  assert.equal(known.length, 19);
  assert.deepEqual(shown.toSorted(), known.toSorted());
  const [{ advertisements, devices, dropped }] = example('reported') as [
    { advertisements: Json; devices: Json; dropped: number },
  ];
  const counters = Object.entries({ ...advertisements, ...(devices['boiler'] as Json), dropped });
  for (const [name, value] of counters)
    if (typeof value === 'number' && name !== 'since') assert.match(text, new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('ble-sensors'), `${ready.bytes} bytes`);
});

test.run();
