import type { ModbusRtuConfig, SerialLine } from '../../../host/src/drivers/modbus/config.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { pymodbusObjects, startLibmodbusLine, startPymodbusLine } from '../../peers/modbus-servers.ts';
import type { PeerProcess } from '../../peers/peer-process.ts';
import { openPtyPair, type PtyPair } from '../../peers/pty-pair.ts';
import { type Answer, DriverRig, maskWriteOf, readWriteOf } from '../../unit/host/drivers/driver-rig.ts';

const test = suite('modbus line and real peers', {
  needs: [TOOLS.socat, TOOLS.pymodbus, TOOLS.cc, TOOLS.libmodbus],
  timeoutMs: 60_000,
});

const unit = (unitId: number, changes: Partial<ModbusRtuConfig> = {}): ModbusRtuConfig => ({
  type: 'modbus-rtu',
  line: 'bus',
  unitId,
  maxGap: 8,
  polls: { all: { registers: ['holding:0-4', 'coil:0-8'], intervalMs: 250 } },
  ...changes,
});

interface Opened {
  readonly rig: DriverRig;
  readonly ports: PtyPair;
  close(): Promise<void>;
}

/** A driver on one end of a pair of ports, and peers on the other. */
async function open(
  devices: Record<string, ModbusRtuConfig>,
  start: (far: string) => Promise<PeerProcess>,
): Promise<Opened> {
  const ports = await openPtyPair();
  const peer = await start(ports.far);
  const bus: SerialLine = {
    path: ports.near,
    baudRate: 115_200,
    parity: 'none',
    stopBits: 1,
    timeoutMs: 1_000,
    turnaroundMs: 50,
  };
  const rig = new DriverRig(devices, { lines: { bus } });
  await rig.driver.open();
  const name = Object.keys(devices)[0]!;
  await until('the line is open', () => rig.status(name)['state'] === 'connected');
  return {
    rig,
    ports,
    async close() {
      await rig.close();
      await peer.stop();
      await ports.close();
    },
  };
}

function countersOf(rig: DriverRig, name: string): Record<string, number> {
  const status = rig.status(name);
  const polls = status['polls'] as Record<string, Record<string, number>>;
  return { timeouts: Number(status['timeouts']), badAnswers: Number(status['badAnswers']), ...polls['all'] };
}

const values = (answers: readonly Answer[]) => answers.map(({ status, blocks }) => blocks[0]?.values ?? status);

test('reads and writes several pymodbus units on one line', async () => {
  const { rig, close } = await open({ one: unit(1), five: unit(5) }, (far) => startPymodbusLine(far, [1, 5]));
  const reads = await Promise.all([
    rig.read('one', 'holding:3-5'),
    rig.read('five', 'holding:3-5'),
    rig.read('one', 'coil:0-9'),
    rig.read('five', 'input:199'),
  ]);
  assert.deepEqual(values(reads), [[1003, 1004, 1005], [5003, 5004, 5005], [1, 0, 1, 0, 1, 0, 1, 0, 1, 0], [5199]]);
  const writes = await Promise.all([
    rig.write('five', 'coil:20', [1]),
    rig.write('five', 'coil:30-40', [1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1]),
    rig.write('five', 'holding:50', [12_345]),
    rig.write('five', 'holding:60-61', [1, 65_535]),
  ]);
  assert.deepEqual(values(writes), [0, 0, 0, 0]);
  const back = await Promise.all(
    ['coil:30-40', 'holding:50', 'holding:60-61'].map((address) => rig.read('five', address)),
  );
  assert.deepEqual(values(back), [[1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1], [12_345], [1, 65_535]]);
  await rig.write('five', 'holding:70', [0x12]);
  const mask = await rig.request('five', maskWriteOf(70, 0xf2, 0x25));
  const both = await rig.request('five', readWriteOf('holding:70-74', 72, [1, 65_535]));
  assert.deepEqual(values([mask, both]), [0, [0x17, 5071, 1, 65_535, 5074]]);
  for (const level of [1, 2, 3] as const) {
    const { status, objects } = await rig.identify('one', level);
    assert.deepEqual([status, objects], [0, pymodbusObjects(level)]);
  }
  const refused = await rig.read('one', 'holding:300');
  assert.deepEqual([refused.status, refused.detail], [-10, 2]);
  await close();
});

test('reads the seven living units of ten while three are dead', async () => {
  const living = [1, 2, 3, 5, 6, 8, 9];
  const devices = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => {
      const isAlive = living.includes(n + 1);
      return [`u${n + 1}`, unit(n + 1, { timeoutMs: isAlive ? 10_000 : 100 })] as const;
    }),
  );
  const { rig, close } = await open(devices, (far) => startPymodbusLine(far, living));
  const seen = new Map<string, Answer[]>();
  for (const name of Object.keys(devices)) {
    const answers: Answer[] = [];
    seen.set(name, answers);
    rig.subscribe(name, 'all', (answer) => answers.push(answer), 'poller');
  }
  await until(
    'readings of all living units',
    () => living.every((id) => seen.get(`u${id}`)!.filter(({ status }) => status === 0).length >= 8),
    50_000,
  );
  const counters = new Map(Object.keys(devices).map((name) => [name, countersOf(rig, name)]));
  rig.driver.moduleDown('poller');
  for (const id of living) {
    const { timeouts, badAnswers, failed, readings } = counters.get(`u${id}`)!;
    assert.deepEqual([timeouts, badAnswers, failed], [0, 0, 0], `u${id}`);
    assert.ok(readings! >= 8);
  }
  const shares = living.map((id) => counters.get(`u${id}`)!['readings']!);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 2, `the same share for each: ${shares.join()}`);
  for (const id of [4, 7, 10]) {
    const { timeouts, readings, failed } = counters.get(`u${id}`)!;
    // Rests of 0.2, 2, 4, 8, 16 and 30 s: seven requests and no more in the time that this test has.
    assert.ok(timeouts! >= 1 && timeouts! <= 7, `u${id} was asked ${timeouts} times`);
    assert.ok(readings === 0 && failed! >= timeouts!, `u${id}`);
  }
  for (const id of living) {
    for (const { blocks } of seen.get(`u${id}`)!.filter(({ status }) => status === 0)) {
      assert.deepEqual(
        blocks[0]?.values,
        [0, 1, 2, 3, 4].map((n) => 1000 * id + n),
      );
      assert.deepEqual(
        blocks[1]?.values,
        [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => (id + n) % 2),
      );
    }
  }
  for (const id of [4, 7, 10]) assert.ok(seen.get(`u${id}`)!.every(({ status }) => status === -7 || status === -6));
  await close();
});

test('reads the largest answers of libmodbus, and gives a thousand requests their own', async () => {
  const { rig, close } = await open({ pump: unit(17) }, (far) => startLibmodbusLine(far, 17));
  const largest = await rig.read('pump', 'holding:1000-1124');
  assert.deepEqual(values([largest]), [Array.from({ length: 125 }, (_, n) => 1000 + n)]);
  const bits = await rig.read('pump', 'discrete:0-1999');
  assert.deepEqual(values([bits]), [Array.from({ length: 2000 }, (_, n) => n % 2)]);
  const addresses = Array.from({ length: 1000 }, (_, n) => (n * 7919) % 9000);
  const answers = await Promise.all(addresses.map((address) => rig.read('pump', `holding:${address}-${address + 2}`)));
  assert.deepEqual(
    values(answers),
    addresses.map((address) => [address, address + 1, address + 2]),
  );
  const mask = await rig.request('pump', maskWriteOf(9600, 0, 0x1234));
  const written = Array.from({ length: 121 }, (_, n) => 60_000 + n);
  const both = await rig.request('pump', readWriteOf('holding:9600-9724', 9602, written));
  assert.deepEqual(values([mask, both]), [0, [0x1234, 9601, ...written, 9723, 9724]]);
  const exception = await rig.write('pump', 'holding:60000', [1]);
  assert.deepEqual([exception.status, exception.detail], [-10, 2]);
  await close();
});

test('ends what is under way when the port vanishes, and goes on when it is back', async () => {
  const { rig, ports, close } = await open({ pump: unit(17) }, (far) => startLibmodbusLine(far, 17));
  assert.deepEqual(values([await rig.read('pump', 'holding:7')]), [[7]]);
  await ports.unplug();
  await until('the loss is noticed', () => rig.status('pump')['state'] !== 'connected');
  const read = await rig.read('pump', 'holding:7');
  assert.equal(read.status, -6);
  assert.ok(rig.logs.some(({ code }) => code === 'DEVICE_UNREACHABLE') || rig.status('pump')['connectionsLost'] === 1);
  await ports.plug();
  const peer = await startLibmodbusLine(ports.far, 17);
  await until('the line is open again', () => rig.status('pump')['state'] === 'connected');
  const again = await until('an answer', async () => {
    const answer = await rig.read('pump', 'holding:8');
    return answer.status === 0 && answer;
  });
  assert.deepEqual(values([again]), [[8]]);
  await peer.stop();
  await close();
});

test.run();
