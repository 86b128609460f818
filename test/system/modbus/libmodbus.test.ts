import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { mbpollRead, startLibmodbus } from '../../peers/modbus-servers.ts';
import type { PeerProcess } from '../../peers/peer-process.ts';
import { type Answer, DriverRig, deviceAt, maskWriteOf, readWriteOf } from '../../unit/host/drivers/driver-rig.ts';

const test = suite('modbus driver and libmodbus', { needs: [TOOLS.cc, TOOLS.libmodbus], timeoutMs: 20_000 });

let peer: PeerProcess | undefined;
let rig: DriverRig | undefined;

/** Starts the server and the driver at the first test that runs, so that nothing is started when all are skipped. */
async function open(): Promise<{ rig: DriverRig; port: number }> {
  peer ??= await startLibmodbus();
  rig ??= await DriverRig.open({
    pump: deviceAt(peer.port, {
      timeoutMs: 5_000,
      polls: { fast: { registers: ['holding:20-29', 'coil:50-51', 'holding:31', 'input:0-299'], intervalMs: 20 } },
    }),
    // It answers what it does not know after half a second.
    patient: deviceAt(peer.port, { timeoutMs: 5_000 }),
    wide: deviceAt(peer.port, { timeoutMs: 5_000, inFlight: 16, unitId: 9 }),
  });
  return { rig, port: peer.port };
}

test.after(async () => {
  await rig?.close();
  await peer?.stop();
});

test('reads all four tables', async () => {
  const { rig } = await open();
  const answers = await Promise.all([
    rig.read('pump', 'coil:0-2'),
    rig.read('pump', 'discrete:3-13'),
    rig.read('pump', 'holding:500-509'),
    rig.read('pump', 'input:7'),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [0, 0, 0, 0],
  );
  assert.deepEqual(answers[0]?.blocks, [{ table: 1, address: 0, count: 3, values: [0, 0, 0] }]);
  assert.deepEqual(answers[1]?.blocks[0]?.values, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  assert.deepEqual(answers[2]?.blocks[0]?.values, [500, 501, 502, 503, 504, 505, 506, 507, 508, 509]);
  assert.deepEqual(answers[3]?.blocks, [{ table: 4, address: 7, count: 1, values: [7] }]);
});

test('reads as much as one request may ask for', async () => {
  const { rig } = await open();
  const registers = await rig.read('pump', 'holding:1000-1124');
  const bits = await rig.read('pump', 'discrete:0-1999');
  assert.deepEqual(
    registers.blocks[0]?.values,
    Array.from({ length: 125 }, (_, n) => 1000 + n),
  );
  assert.deepEqual(
    bits.blocks[0]?.values,
    Array.from({ length: 2000 }, (_, n) => n % 2),
  );
});

test(
  'writes one and several coils and registers, which mbpoll then sees',
  async () => {
    const { rig, port } = await open();
    const bits = Array.from({ length: 19 }, (_, n) => (n % 3 === 0 ? 1 : 0));
    const answers = await Promise.all([
      rig.write('pump', 'coil:100', [1]),
      rig.write('pump', 'coil:200-218', bits),
      rig.write('pump', 'holding:9500', [65_535]),
      rig.write('pump', 'holding:9510-9512', [1, 256, 40_000]),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [0, 0, 0, 0],
    );
    assert.deepEqual(await mbpollRead(port, 1, 'coil', 99, 3), [0, 1, 0]);
    assert.deepEqual(await mbpollRead(port, 1, 'coil', 200, 19), bits);
    assert.deepEqual(await mbpollRead(port, 1, 'holding', 9500, 1), [65_535]);
    assert.deepEqual(await mbpollRead(port, 1, 'holding', 9510, 3), [1, 256, 40_000]);
    await rig.write('pump', 'coil:100', [0]);
    assert.deepEqual(await mbpollRead(port, 1, 'coil', 100, 1), [0]);
    const { outcome, address, values, sent } = rig.audits.at(-1)!;
    assert.deepEqual(
      { outcome, address, values, sent },
      { outcome: 'confirmed', address: 'coil:100', values: [0], sent: true },
    );
  },
  { needs: [TOOLS.mbpoll] },
);

test('tells the exception of a device that has no such address', async () => {
  const { rig } = await open();
  const read = await rig.read('pump', 'holding:60000');
  const write = await rig.write('pump', 'holding:60000', [1]);
  assert.deepEqual([read.status, read.detail], [-10, 2]);
  assert.deepEqual([write.status, write.detail], [-10, 2]);
  assert.equal(rig.audits.at(-1)?.outcome, 'refused');
});

test('changes bits, and writes and reads at once, up to the most that one request may have', async () => {
  const { rig } = await open();
  await rig.write('pump', 'holding:9600', [0x12]);
  const mask = await rig.request('pump', maskWriteOf(9600, 0xf2, 0x25));
  assert.deepEqual([mask.status, (await rig.read('pump', 'holding:9600')).blocks[0]?.values], [0, [0x17]]);
  const values = Array.from({ length: 121 }, (_, n) => 60_000 + n);
  const both = await rig.request('pump', readWriteOf('holding:9700-9824', 9702, values));
  assert.deepEqual([both.status, both.blocks[0]?.values], [0, [9700, 9701, ...values, 9823, 9824]]);
  const refused = await rig.request('pump', readWriteOf('holding:0', 60_000, [1]));
  assert.deepEqual([refused.status, refused.detail], [-10, 2]);
});

test('tells that a device does not say what it is', async () => {
  const { rig } = await open();
  const { status, detail } = await rig.identify('patient', 1);
  assert.deepEqual([status, detail], [-10, 1]);
});

test('gives each of 2,000 requests in flight its own answer', async () => {
  const { rig } = await open();
  // As many at a time as a device queues.
  const addresses = Array.from({ length: 1000 }, (_, n) => (n * 7919) % 9000);
  for (const device of ['pump', 'wide']) {
    const answers = await Promise.all(
      addresses.map((address) => rig.read(device, `holding:${address}-${address + 2}`)),
    );
    const wrong = answers.filter(({ blocks }, index) => {
      const first = addresses[index]!;
      return blocks[0]?.values.join() !== [first, first + 1, first + 2].join();
    });
    assert.equal(wrong.length, 0);
  }
});

test('polls declared ranges in their order, merged into few requests', async () => {
  const { rig } = await open();
  const readings: Answer[] = [];
  rig.subscribe('pump', 'fast', (answer) => readings.push(answer), 'poller');
  await until('five readings', () => readings.length >= 5);
  rig.driver.moduleDown('poller');
  const count = readings.length;
  assert.ok(readings.every(({ status }) => status === 0));
  const { blocks } = readings[0]!;
  assert.deepEqual(
    blocks.map(({ table, address, count }) => [table, address, count]),
    [
      [3, 20, 10],
      [1, 50, 2],
      [3, 31, 1],
      [4, 0, 300],
    ],
  );
  assert.deepEqual(blocks[0]?.values, [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  assert.deepEqual(blocks[2]?.values, [31]);
  assert.deepEqual(
    blocks[3]?.values,
    Array.from({ length: 300 }, (_, n) => n),
  );
  // Two neighbouring ranges of holding registers, the coils, and input registers in pieces of 125.
  const polls = rig.status('pump')['polls'] as Record<string, Record<string, unknown>>;
  assert.equal(polls['fast']?.['requests'], 5);
  await rig.read('pump', 'coil:0');
  assert.equal(readings.length, count);
});

test.run();
