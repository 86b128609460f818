import { GatehouseError } from '../../../../host/src/errors.ts';
import { readAdapter, readPeer } from '../../../../tools/src/cli/ble/adapter-options.ts';
import { isAmong, readPlaces, valueText } from '../../../../tools/src/cli/ble/characteristic-text.ts';
import { HeardDevices } from '../../../../tools/src/cli/ble/heard-devices.ts';
import { heardJson, heardTable } from '../../../../tools/src/cli/ble/heard-table.ts';
import { hexOf, meaningOf } from '../../../../tools/src/cli/ble/known-values.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('values of gatehouse ble');

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function refuses(work: () => unknown, pattern: RegExp): void {
  assert.throws(
    work,
    (error) => error instanceof GatehouseError && error.code === 'CLI_USAGE' && pattern.test(error.message),
  );
}

function heard(...parts: readonly { data: string; rssi?: number; isScanResponse?: boolean; address?: string }[]) {
  const devices = new HeardDevices();
  for (const { data, rssi = -70, isScanResponse = false, address = 'A4:C1:38:01:02:03' } of parts)
    devices.hear({ address, addressType: 'public', rssi, isConnectable: true, isScanResponse, data: bytes(data) });
  return devices;
}

test('knows the numbers of the environmental sensing and battery services, and the values for nothing known', () => {
  assert.equal(meaningOf('2a6e', bytes('8908')), '21.85 °C');
  assert.equal(meaningOf('2a6e', bytes('18fc')), '-10.00 °C');
  assert.equal(meaningOf('2a6e', bytes('0080')), 'not known');
  assert.equal(meaningOf('2a6f', bytes('6411')), '44.52 %');
  assert.equal(meaningOf('2a6f', bytes('ffff')), 'not known');
  assert.equal(meaningOf('2a6d', bytes('75760f00')), '1013.365 hPa');
  assert.equal(meaningOf('2a6c', bytes('9cffff')), '-1.00 m');
  assert.equal(meaningOf('2a19', bytes('64')), '100 %');
  assert.equal(meaningOf('2a6e', bytes('890800')), undefined);
});

test('shows texts as texts, and never what would move the cursor', () => {
  assert.equal(meaningOf('2a29', bytes('4761')), '"Ga"');
  assert.equal(meaningOf('2a26', bytes('31')), '"1"');
  assert.equal(meaningOf('2a00', bytes('c3a400')), '"ä"');
  assert.equal(meaningOf('fff1', bytes('31')), undefined);
  for (const hex of ['1b5b41', '610a', 'ff', '', 'e280ae61'])
    assert.equal(meaningOf('2a00', bytes(hex)), undefined, hex);
  assert.equal(valueText({ service: 'fff0', characteristic: 'fff1' }, bytes('0102030405')), '01020304 05');
  assert.equal(hexOf(bytes('')), '(empty)');
});

test('puts an advertisement and the answer to a scan together, and counts', () => {
  // Flags and Environmental Sensing; then a name and manufacturer data of Ruuvi.
  const devices = heard(
    { data: '02010603031a18' },
    {
      data: '05086162636405ff99040102',
      isScanResponse: true,
      rssi: -60,
    },
    { data: '02010603031a18', rssi: 127 },
  );
  const [device] = devices.list();
  assert.deepEqual(heardJson(device!), {
    address: 'A4:C1:38:01:02:03',
    addressType: 'public',
    isConnectable: true,
    rssi: undefined,
    count: 3,
    name: 'abcd',
    services: ['181a'],
    manufacturers: [0x0499],
  });
  assert.match(heardTable([device!])[1]!, /^A4:C1:38:01:02:03 +\? +3 +yes +abcd +Environmental Sensing +Ruuvi$/);
});

test('escapes what a device puts into its name, and cuts lines to the terminal', () => {
  const [device] = heard({ data: '06091b5b324a62' }).list();
  assert.match(heardTable([device!])[1]!, /\\u001b\[2Jb/);
  assert.deepEqual(
    heardTable([device!], 20).map((line) => line.length <= 20),
    [true, true],
  );
});

test('lists a thousand devices at most, and says that there were more', () => {
  const parts = Array.from({ length: 1_003 }, (_, n) => ({
    data: '',
    address: `A4:C1:38:00:0${n >> 8}:${(n & 255).toString(16).padStart(2, '0')}`,
  }));
  const devices = heard(...parts);
  assert.deepEqual([devices.list().length, devices.left], [1_000, 3]);
});

test('reads adapters, devices and characteristics, and refuses what is none', () => {
  assert.deepEqual(readAdapter({}).radio, { adapter: 'hci0' });
  assert.deepEqual(readAdapter({ port: '/dev/ttyS0', baud: '115200' }).radio, {
    port: '/dev/ttyS0',
    baudRate: 115_200,
  });
  refuses(() => readAdapter({ adapter: 'hci0', port: '/dev/ttyS0' }), /one of --adapter and --port/);
  refuses(() => readAdapter({ adapter: '/dev/ttyS0' }), /--adapter takes a name such as hci0/);
  refuses(() => readAdapter({ baud: '9600' }), /--baud goes with --port/);
  const peer = readPeer(['a4:c1:38:01:02:03', '181a'], undefined, undefined);
  assert.deepEqual(peer, { address: 'A4:C1:38:01:02:03', rest: ['181a'] });
  refuses(() => readPeer([], undefined, undefined), /ADDRESS of the device is missing/);
  refuses(() => readPeer(['181a'], undefined, undefined), /"181a" is no address/);
  refuses(() => readPeer([], undefined, 'boiler'), /--device goes with --gateway/);
  refuses(() => readPlaces(['181a/2a6e/1']), /neither SERVICE\/CHARACTERISTIC nor a SERVICE/);
  const places = readPlaces(['181a/2a6e', '180F']);
  const among = (service: string, characteristic: string) => isAmong(places, { service, characteristic });
  assert.deepEqual([among('181a', '2a6e'), among('181a', '2a6f'), among('180f', '2a19')], [true, false, true]);
  assert.ok(isAmong([], { service: 'fff0', characteristic: 'fff1' }));
});

test.run();
