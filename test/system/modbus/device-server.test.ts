import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModbusRtuTcpConfig } from '../../../host/src/drivers/modbus/config.ts';
import { freePort } from '../../lib/free-port.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { pymodbusObjects, startLibmodbusLine, startPymodbus } from '../../peers/modbus-servers.ts';
import { type Answer, DriverRig, maskWriteOf, readWriteOf } from '../../unit/host/drivers/driver-rig.ts';

const test = suite('modbus driver and real device servers', { timeoutMs: 60_000 });

const unit = (port: number, unitId: number, changes: Partial<ModbusRtuTcpConfig> = {}): ModbusRtuTcpConfig => ({
  ...{ type: 'modbus-rtu-tcp', host: '127.0.0.1', port, unitId, timeoutMs: 5_000, turnaroundMs: 50 },
  ...{ maxGap: 8, polls: { all: { registers: ['holding:0-4', 'coil:0-8'], intervalMs: 50 } } },
  ...changes,
});

const values = (answers: readonly Answer[]) => answers.map(({ status, blocks }) => blocks[0]?.values ?? status);

test(
  'reads, writes and polls units of pymodbus that speak RTU over TCP, and one that is not there holds up none',
  async () => {
    const peer = await startPymodbus([1, 5], 'rtu');
    const rig = await DriverRig.open({
      one: unit(peer.port, 1),
      five: unit(peer.port, 5),
      absent: unit(peer.port, 9, { timeoutMs: 100 }),
    });
    try {
      await until('connected', () => rig.status('one')['state'] === 'connected');
      const reads = await Promise.all([
        rig.read('one', 'holding:3-5'),
        rig.read('absent', 'holding:0'),
        rig.read('five', 'holding:3-5'),
        rig.read('one', 'coil:0-3'),
        rig.read('five', 'input:199'),
      ]);
      assert.deepEqual(values(reads), [[1003, 1004, 1005], -7, [5003, 5004, 5005], [1, 0, 1, 0], [5199]]);
      const writes = [
        await rig.write('five', 'coil:30-34', [1, 1, 0, 1, 1]),
        await rig.write('five', 'holding:70', [0x12]),
        await rig.request('five', maskWriteOf(70, 0xf2, 0x25)),
        await rig.request('five', readWriteOf('holding:70-74', 72, [1, 65_535])),
        await rig.read('five', 'coil:30-34'),
      ];
      assert.deepEqual(values(writes), [0, 0, 0, [0x17, 5071, 1, 65_535, 5074], [1, 1, 0, 1, 1]]);
      const { status, objects } = await rig.identify('one', 3);
      assert.deepEqual([status, objects], [0, pymodbusObjects(3)]);
      const refused = await rig.read('one', 'holding:300');
      assert.deepEqual([refused.status, refused.detail], [-10, 2]);
      const seen: Answer[] = [];
      rig.subscribe('five', 'all', (answer) => seen.push(answer));
      await until('three readings', () => seen.filter(({ status }) => status === 0).length >= 3);
      assert.deepEqual(seen.find((each) => each.status === 0)?.blocks[0]?.values, [5000, 5001, 5002, 5003, 5004]);
    } finally {
      await rig.close();
      await peer.stop();
    }
  },
  { needs: [TOOLS.pymodbus] },
);

test(
  'reaches libmodbus on a serial line through socat, which knows nothing of Modbus',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-device-server-'));
    const [path, port] = [join(folder, 'port'), await freePort()];
    const listen = `tcp-listen:${port},bind=127.0.0.1,reuseaddr,nodelay`;
    const socat = spawn('socat', [`pty,raw,echo=0,link=${path}`, listen], { stdio: 'ignore' });
    const gone = once(socat, 'exit');
    await until('the far end of the line', () => existsSync(path));
    const peer = await startLibmodbusLine(path, 17);
    const rig = await DriverRig.open({ pump: unit(port, 17) });
    try {
      await until('connected', () => rig.status('pump')['state'] === 'connected');
      const largest = await rig.read('pump', 'holding:1000-1124');
      assert.deepEqual(values([largest]), [Array.from({ length: 125 }, (_, n) => 1000 + n)]);
      const written = Array.from({ length: 121 }, (_, n) => 60_000 + n);
      const both = await rig.request('pump', readWriteOf('holding:9600-9724', 9602, written));
      assert.deepEqual(values([both]), [[9600, 9601, ...written, 9723, 9724]]);
      assert.equal((await rig.request('pump', maskWriteOf(9600, 0, 0x1234))).status, 0);
      const addresses = Array.from({ length: 200 }, (_, n) => (n * 7919) % 9000);
      const answers = await Promise.all(
        addresses.map((address) => rig.read('pump', `holding:${address}-${address + 2}`)),
      );
      assert.deepEqual(
        values(answers),
        addresses.map((address) => [address, address + 1, address + 2]),
      );
    } finally {
      await rig.close();
      await peer.stop();
      socat.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    }
  },
  { needs: [TOOLS.socat, TOOLS.cc, TOOLS.libmodbus] },
);

test.run();
