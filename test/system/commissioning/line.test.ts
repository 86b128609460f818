import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SerialPort } from 'serialport';
import { Place } from '../../../tools/src/cli/modbus/place.ts';
import { readPlace } from '../../../tools/src/cli/modbus/place-options.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { startLibmodbusLine, startPymodbusLine } from '../../peers/modbus-servers.ts';
import { startPeer } from '../../peers/peer-process.ts';
import { openPtyPair } from '../../peers/pty-pair.ts';
import { GatehouseProcess } from './gatehouse-process.ts';

const test = suite('gatehouse modbus on a serial line', {
  needs: [TOOLS.socat, TOOLS.pymodbus, TOOLS.cc, TOOLS.libmodbus],
  timeoutMs: 60_000,
});

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

test('scan finds the settings of a line: units answer at their baud rate and stop bits only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-wire-'));
  const [near, far] = [join(folder, 'near'), join(folder, 'far')];
  const wire = await startPeer('/usr/bin/python3', [
    fileURLToPath(new URL('../../peers/serial-wire.py', import.meta.url)),
    near,
    far,
  ]);
  const units = await startPymodbusLine(far, [2]);
  try {
    const tried = '9600-8N1,115200-8N2,115200-8N1,38400-8N1';
    const all = await GatehouseProcess.run(
      ...['modbus', 'scan', '--serial', near, '--settings', tried, '--units', '1-3', '--timeout', '400', '--json'],
    );
    assert.equal(all.code, 0, all.stderr);
    assert.deepEqual(
      lines(all.stdout).map((line) => JSON.parse(line)),
      [{ unit: 2, settings: '115200-8N1', answer: 'value', value: 2000 }],
    );
    assert.match(all.stderr, /setting 4 of 4/);
    const first = await GatehouseProcess.run(
      ...['modbus', 'scan', '--serial', near, '--settings', tried, '--units', '2', '--timeout', '400', '--first'],
    );
    assert.equal(first.stdout, 'unit 2 at 115200-8N1: holding:0 is 2000\n', first.stderr);
    assert.ok(!first.stderr.includes('setting 4 of 4'), first.stderr);
    const none = await GatehouseProcess.run('modbus', 'scan', '--serial', near, '--units', '5-6');
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /nobody answers; tried 2 unit ids \(DEVICE_TIMEOUT\)\n {2}- Is the device powered\?/);
    assert.match(none.stderr, /--settings all/);
  } finally {
    await units.stop();
    await wire.stop();
    rmSync(folder, { recursive: true });
  }
});

test('writes and reads back a unit among several, and never confirms what is written to all of them', async () => {
  const ports = await openPtyPair();
  const units = await startPymodbusLine(ports.far, [1, 7]);
  const line = ['--serial', ports.near, '--parity', 'none', '--timeout', '400'];
  try {
    const written = await GatehouseProcess.run(
      ...['modbus', 'write', ...line, '--unit', '7', 'holding:10-13', '3.5', '-2', '--type', 'f32', '--yes', '--json'],
    );
    const { before, wanted, after, outcome } = JSON.parse(written.stdout);
    assert.deepEqual([written.code, outcome], [0, 'confirmed'], written.stderr);
    assert.deepEqual(before, [7010, 7011, 7012, 7013]);
    assert.deepEqual(
      [wanted, after],
      [
        [0x4060, 0, 0xc000, 0],
        [0x4060, 0, 0xc000, 0],
      ],
    );
    const read = await GatehouseProcess.run('modbus', 'read', ...line, '--unit', '7', 'holding:10-13', '--type', 'f32');
    assert.equal(read.stdout, 'holding:10-11  3.5  4060 0000\nholding:12-13   -2  c000 0000\n');
    const other = await GatehouseProcess.run('modbus', 'read', ...line, 'holding:10');
    assert.equal(other.stdout, 'holding:10  1010  03f2\n');
    const all = await GatehouseProcess.run(...['modbus', 'write', ...line, '--unit', '0', 'holding:20', '9', '--yes']);
    assert.equal(all.code, 3, all.stderr);
    assert.match(all.stderr, /of which none answers \(WRITE_UNKNOWN\)/);
  } finally {
    await units.stop();
    await ports.close();
  }
});

test('reads and scans a line behind a device server', async () => {
  const ports = await openPtyPair();
  const units = await startPymodbusLine(ports.far, [4, 6]);
  // What a device server does: bytes of the line to the socket and back, as they are.
  const port = new SerialPort({ path: ports.near, baudRate: 115_200 });
  const server = createServer((socket) => {
    port.on('data', (bytes) => socket.write(bytes));
    socket.on('data', (bytes) => port.write(bytes));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = ['--rtu-tcp', `127.0.0.1:${(server.address() as AddressInfo).port}`, '--timeout', '300'];
  try {
    const read = await GatehouseProcess.run('modbus', 'read', ...at, '--unit', '6', 'input:9', 'coil:0');
    assert.equal(read.stdout, 'input:9  6009  1779\ncoil:0      0\n', read.stderr);
    const scan = await GatehouseProcess.run('modbus', 'scan', ...at, '--units', '1-7', '--identify');
    const own = '  vendor "Gatehouse tests", product "PYMODBUS", revision "3.0"\n';
    assert.equal(scan.stdout, `unit 4: holding:0 is 4000\n${own}unit 6: holding:0 is 6000\n${own}`, scan.stderr);
    const silent = await GatehouseProcess.run('modbus', 'read', ...at, '--unit', '5', 'input:9');
    assert.match(silent.stderr, /unit 5 at 127.0.0.1 port \d+ does not answer within 300 ms \(DEVICE_TIMEOUT\)/);
  } finally {
    server.close();
    port.close();
    await units.stop();
    await ports.close();
  }
});

test('watch goes on when the port and the device go away, and says when they are back', async () => {
  const ports = await openPtyPair();
  let device = await startLibmodbusLine(ports.far, 17);
  const at = ['--serial', ports.near, '--parity', 'none', '--unit', '17'];
  const watch = GatehouseProcess.start([
    'modbus',
    'watch',
    ...at,
    'holding:5',
    'coil:0',
    '--interval',
    '50',
    '--timeout',
    '200',
  ]);
  try {
    await watch.says('holding:5  5  0005');
    await device.stop();
    await watch.says(/does not answer within 200 ms \(DEVICE_TIMEOUT\)/);
    await ports.unplug();
    await watch.says(/there is no port .* \(DEVICE_UNREACHABLE\)/);
    await ports.plug();
    device = await startLibmodbusLine(ports.far, 17);
    await watch.says(/all is read again after \d+\.\d s/);
    watch.interrupt();
    assert.equal(await watch.ended(), 0);
    assert.match(watch.stderr, /^\d+ rounds, \d+ not read, 0 changes; the slowest took/);
  } finally {
    await watch.kill();
    await device.stop();
    await ports.close();
  }
});

test('watch asks a unit that stays silent in every round, and does not leave it alone for longer and longer', async () => {
  const ports = await openPtyPair();
  const at = ['--serial', ports.near, '--parity', 'none', '--timeout', '50'];
  const watch = GatehouseProcess.start(['modbus', 'watch', ...at, 'holding:0', '--interval', '50', '--json']);
  try {
    await watch.says(/(?:"DEVICE_TIMEOUT"[\s\S]*){10}/);
    watch.interrupt();
    assert.equal(await watch.ended(), 1);
  } finally {
    await watch.kill();
    await ports.close();
  }
});

test('a port is free again when a place has been closed', async () => {
  const ports = await openPtyPair();
  const isOpen = (): boolean => {
    const path = realpathSync(ports.near);
    return readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
  };
  try {
    const place = await Place.open(readPlace({ serial: ports.near, parity: 'none', timeout: '20' }));
    const client = place.client();
    assert.deepEqual(await client.read({ table: 3, address: 0, count: 1 }), { kind: 'lost', loss: 'timeout' });
    assert.ok(isOpen());
    client.close();
    await place.close();
    assert.ok(!isOpen());
  } finally {
    await ports.close();
  }
});

test('says that a port is in use by another program, and which ports do not exist', async () => {
  const ports = await openPtyPair();
  const units = await startPymodbusLine(ports.far, [1]);
  const at = ['--serial', ports.near, '--parity', 'none'];
  const watch = GatehouseProcess.start(['modbus', 'watch', ...at, 'holding:0']);
  try {
    await watch.says('holding:0  1000');
    const read = await GatehouseProcess.run('modbus', 'read', ...at, 'holding:0');
    assert.equal(read.code, 1);
    assert.match(read.stderr, /is in use by another program \(DEVICE_UNREACHABLE\)\n {2}- A gatehouse-host/);
    const missing = await GatehouseProcess.run('modbus', 'read', '--serial', `${ports.near}-missing`, 'holding:0');
    assert.match(
      missing.stderr,
      /there is no port .*-missing \(DEVICE_UNREACHABLE\)\n {2}- Is the adapter plugged in\?/,
    );
    watch.interrupt();
    assert.equal(await watch.ended(), 0);
  } finally {
    await watch.kill();
    await units.stop();
    await ports.close();
  }
});

test.run();
