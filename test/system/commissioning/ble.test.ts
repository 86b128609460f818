import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { readDocument } from '../../unit/docs/tables.ts';
import { Lab } from '../ble/lab.ts';
import { LEAF, LONG_VALUE } from '../ble/leaf-services.ts';
import { COMMAND, GatehouseProcess } from './gatehouse-process.ts';
import { examplesOf, runScript } from './script.ts';

const test = suite('gatehouse ble on the virtual air', { timeoutMs: 120_000, needs: [TOOLS.socat] });

const SENSOR = '00:AA:01:00:00:01';
const ble = (...args: readonly string[]) => GatehouseProcess.run('ble', ...args);
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Values, times and counts differ from run to run, and columns with them. */
const inShape = (text: string): string =>
  text
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    .replaceAll(/ +-?\d+(\.\d+)? (°C|%|hPa)/g, ' VALUE $2')
    .replaceAll(/\([0-9a-f ]+\)/g, '(HEX)')
    .replaceAll(/(-60) +\d+ /g, '$1 COUNT ')
    .replaceAll(/ +/g, ' ');

test('the examples of docs/commissioning.md print what it says', () =>
  Lab.run(2, async (lab) => {
    await lab.sensor(1, ['--name', 'boiler room']);
    const examples = examplesOf(readDocument('commissioning.md')).filter(({ kind }) => kind === 'ble');
    assert.equal(examples.length, 3);
    for (const { script, code, expected } of examples) {
      const onAir = script.replace(/gatehouse ble (\w+)/, `gatehouse ble $1 --port ${lab.server.ttyPath(0)}`);
      const { output, code: ended } = await runScript('/', onAir);
      assert.equal(inShape(output), inShape(expected), script);
      assert.equal(ended, code, script);
    }
  }));

test('scan tells devices apart by name and service, and says when there are none', () =>
  Lab.run(3, async (lab) => {
    await Promise.all([lab.sensor(1, ['--name', 'boiler room']), lab.leaves(2)]);
    await lab.server.perform({ kind: 'rssi', controller: 2, dbm: -81 });
    const at = ['--port', lab.server.ttyPath(0), '--seconds', '2', '--json'];
    const all = linesOf((await ble('scan', ...at)).stdout);
    assert.deepEqual(
      all.map(({ name, rssi, services, isConnectable }) => [name, rssi, services, isConnectable]),
      [
        ['boiler room', -60, ['181a'], true],
        ['leaf-2', -81, [LEAF.service], true],
      ],
    );
    const named = linesOf((await ble('scan', ...at, '--name', 'leaf')).stdout);
    assert.deepEqual([named.length, named[0].name], [1, 'leaf-2']);
    const serving = linesOf((await ble('scan', ...at, '--service', '0000181A-0000-1000-8000-00805F9B34FB')).stdout);
    assert.deepEqual([serving.length, serving[0].address], [1, SENSOR]);
    const none = await ble('scan', ...at, '--name', 'nobody');
    assert.deepEqual([none.code, none.stdout, none.stderr], [1, '', '0 devices\n']);
  }));

test('read gives everything that can be read, in one piece, and says what a device does not have', () =>
  Lab.run(3, async (lab) => {
    await Promise.all([lab.sensor(1), lab.leaves(2)]);
    const at = ['--port', lab.server.ttyPath(0)];
    const [leaf] = linesOf((await ble('scan', ...at, '--seconds', '2', '--name', 'leaf', '--json')).stdout);
    const read = await ble('read', ...at, leaf.address, `${LEAF.service}/${LEAF.long}`, '--json');
    assert.equal(JSON.parse(read.stdout).values[0].hex, LONG_VALUE.toString('hex'), read.stderr);
    const all = await ble('read', ...at, SENSOR.toLowerCase());
    assert.equal(all.code, 0, all.stderr);
    assert.match(all.stdout, /^180a Device Information$/m);
    assert.match(all.stdout, /180a\/2a26 Firmware Revision +"1" {2}\(31\)$/m);
    assert.match(all.stdout, /181a\/2a6e Temperature +\d\d\.\d\d °C {2}\([0-9a-f]{4}\) {2}\[notify\]$/m);
    const missing = await ble('read', ...at, SENSOR, '181a/2a19');
    assert.deepEqual([missing.code, missing.stdout], [1, '']);
    assert.match(
      missing.stderr,
      /has no 181a\/2a19; gatehouse ble read 00:AA:01:00:00:01 shows what it has \(DEVICE_EXCEPTION\)/,
    );
    const away = await ble('read', ...at, 'AA:BB:CC:DD:EE:FF', '--timeout', '500');
    assert.match(away.stderr, /it was not heard \(DEVICE_UNREACHABLE\)\n {2}- Is it in reach and powered\?/);
  }));

test('watch prints what is notified, and goes on over a lost link and a lost adapter until Ctrl-C', () =>
  Lab.run(2, async (lab) => {
    await lab.sensor(1, ['--interval-ms', '100']);
    const at = ['--port', lab.server.ttyPath(0), SENSOR, '181a/2a6e', '--json'];
    const watch = GatehouseProcess.start(['ble', 'watch', ...at]);
    try {
      await watch.says('"characteristic":"2a6e","name":"Temperature"');
      await lab.server.perform({ kind: 'drop', controller: 1 });
      await watch.says('the link ended');
      await watch.says('is watched again: 181a/2a6e Temperature');
      await lab.server.perform({ kind: 'unplug', controller: 0 });
      await watch.says(/the Bluetooth adapter .* cannot be used/);
      await lab.server.perform({ kind: 'plug', controller: 0 });
      await watch.says(/can be used again[\s\S]*is watched again/);
      watch.interrupt();
      assert.equal(await watch.ended(), 0, watch.stderr);
      for (const { hex, meaning } of linesOf(watch.stdout))
        assert.equal(meaning, `${(Buffer.from(hex, 'hex').readInt16LE(0) / 100).toFixed(2)} °C`);
    } finally {
      await watch.kill();
    }
  }));

test('scan is a live table on a terminal', () =>
  Lab.run(2, async (lab) => {
    await lab.sensor(1, ['--name', 'boiler room']);
    const scan = GatehouseProcess.startOnTerminal(['ble', 'scan', '--port', lab.server.ttyPath(0), '--seconds', '3']);
    try {
      // Moved up over what stood there, which is taken away.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal is sent
      await scan.says(/boiler room[\s\S]*\x1b\[2A\x1b\[J[\s\S]*boiler room[\s\S]*1 device/);
      await scan.ended();
    } finally {
      await scan.kill();
    }
  }));

test('says that an adapter is not there, and what to install when the package is not', async () => {
  const absent = await ble('scan', '--adapter', 'hci255', '--seconds', '1');
  assert.equal(absent.code, 1);
  assert.match(
    absent.stderr,
    /this machine has no Bluetooth adapter hci255, (nor any other|but hci\d.*) \(BLUETOOTH_UNAVAILABLE\)/,
  );
  const gone = await ble('scan', '--port', '/dev/no-such-port');
  assert.match(gone.stderr, /there is no port \/dev\/no-such-port \(BLUETOOTH_UNAVAILABLE\)\n {2}- Is the path right/);
  const file = await ble('scan', '--port', COMMAND);
  assert.match(file.stderr, /gatehouse\.js is no serial port \(BLUETOOTH_UNAVAILABLE\)/);
  assert.deepEqual([gone.code, file.code], [1, 1]);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-alone-'));
  try {
    copyFileSync(COMMAND, join(folder, 'gatehouse.mjs'));
    const alone = await runScript(folder, `"${process.execPath}" gatehouse.mjs ble scan`);
    assert.equal(alone.code, 1, alone.output);
    assert.match(alone.output, /npm install @stoprocent\/noble@2\.8 .*\(BLUETOOTH_MISSING\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
