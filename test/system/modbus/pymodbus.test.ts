import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { pymodbusObjects, startPymodbus } from '../../peers/modbus-servers.ts';
import type { PeerProcess } from '../../peers/peer-process.ts';
import { type Answer, DriverRig, deviceAt, maskWriteOf, readWriteOf } from '../../unit/host/drivers/driver-rig.ts';

const test = suite('modbus driver and pymodbus', { needs: [TOOLS.pymodbus], timeoutMs: 30_000 });

let peer: PeerProcess | undefined;
let rig: DriverRig | undefined;

async function open(): Promise<DriverRig> {
  peer ??= await startPymodbus([1, 5]);
  const polls = { all: { registers: ['holding:0-4', 'holding:10-12', 'coil:0-8'], intervalMs: 20 } };
  rig ??= await DriverRig.open({
    one: deviceAt(peer.port, { timeoutMs: 2000, polls }),
    five: deviceAt(peer.port, { timeoutMs: 2000, unitId: 5, inFlight: 4, polls }),
    absent: deviceAt(peer.port, { unitId: 77, timeoutMs: 700 }),
    edge: deviceAt(peer.port, {
      timeoutMs: 2000,
      maxGap: 100,
      polls: { holed: { registers: ['holding:190-199', 'holding:250'], intervalMs: 20 } },
    }),
    shared: deviceAt(peer.port, {
      timeoutMs: 2000,
      polls: {
        low: { registers: ['holding:150-159', 'coil:0-8'], intervalMs: 20 },
        high: { registers: ['coil:9', 'holding:160-199'], intervalMs: 20 },
        missing: { registers: ['holding:200-209'], intervalMs: 20 },
      },
    }),
  });
  return rig;
}

test.after(async () => {
  await rig?.close();
  await peer?.stop();
});

test('keeps units on one server apart', async () => {
  const rig = await open();
  const answers = await Promise.all([
    rig.read('one', 'holding:3-5'),
    rig.read('five', 'holding:3-5'),
    rig.read('one', 'coil:0-9'),
    rig.read('five', 'input:199'),
  ]);
  assert.deepEqual(
    answers.map(({ blocks }) => blocks[0]?.values),
    [[1003, 1004, 1005], [5003, 5004, 5005], [1, 0, 1, 0, 1, 0, 1, 0, 1, 0], [5199]],
  );
});

test('writes with all four functions and reads it back', async () => {
  const rig = await open();
  const answers = await Promise.all([
    rig.write('five', 'coil:20', [1]),
    rig.write('five', 'coil:30-40', [1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1]),
    rig.write('five', 'holding:50', [12_345]),
    rig.write('five', 'holding:60-61', [1, 65_535]),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [0, 0, 0, 0],
  );
  const read = async (address: string) => (await rig.read('five', address)).blocks[0]?.values;
  assert.deepEqual(await read('coil:20'), [1]);
  assert.deepEqual(await read('coil:30-40'), [1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1]);
  assert.deepEqual(await read('holding:50'), [12_345]);
  assert.deepEqual(await read('holding:60-61'), [1, 65_535]);
});

test('changes bits, and writes and reads at once', async () => {
  const rig = await open();
  await rig.write('five', 'holding:70', [0x12]);
  const mask = await rig.request('five', maskWriteOf(70, 0xf2, 0x25));
  // (0x12 and 0xf2) or (0x25 and not 0xf2), as the specification has it.
  assert.deepEqual([mask.status, (await rig.read('five', 'holding:70')).blocks[0]?.values], [0, [0x17]]);
  const both = await rig.request('five', readWriteOf('holding:71-74', 72, [1, 65_535]));
  assert.deepEqual([both.status, both.blocks[0]?.values], [0, [5071, 1, 65_535, 5074]], 'it writes before it reads');
  const refused = [
    await rig.request('five', maskWriteOf(300, 0, 1)),
    await rig.request('five', readWriteOf('holding:0', 300, [1])),
    await rig.request('five', readWriteOf('holding:300', 0, [1])),
  ];
  assert.deepEqual(
    refused.map(({ status, detail }) => [status, detail]),
    [
      [-10, 2],
      [-10, 2],
      [-10, 2],
    ],
  );
});

test('tells what a device is, at each level and in several answers', async () => {
  const rig = await open();
  for (const level of [1, 2, 3] as const) {
    const { status, objects } = await rig.identify('one', level);
    assert.deepEqual([status, objects], [0, pymodbusObjects(level)]);
  }
});

test('ends requests to a unit that does not answer within their deadline, without delaying the others', async () => {
  const rig = await open();
  const ended: string[] = [];
  const note = (what: string, answer: Promise<Answer>): Promise<Answer> => answer.finally(() => ended.push(what));
  const absent = [
    note('absent', rig.read('absent', 'holding:0')),
    note('absent', rig.write('absent', 'coil:0', [1], 5_000)),
  ];
  const others = await Promise.all([
    note('one', rig.read('one', 'holding:0')),
    note('five', rig.read('five', 'holding:0')),
  ]);
  assert.deepEqual(
    others.map(({ status }) => status),
    [0, 0],
  );
  const [read, write] = (await Promise.all(absent)) as [Answer, Answer];
  assert.deepEqual(ended.slice(2), ['absent', 'absent']);
  // Either goes out first: a read behind the write is given up with the connection, a write behind the read is sent on the next.
  assert.deepEqual([write.status, write.detail], [-9, 259]);
  assert.ok(read.status === -7 || read.status === -6);
  assert.equal(rig.audits.find(({ device }) => device === 'absent')?.outcome, 'unknown');
  assert.ok(rig.logs.some(({ code }) => code === 'DEVICE_TIMEOUT'));
});

test('polls two units side by side', async () => {
  const rig = await open();
  const seen: Record<string, Answer[]> = { one: [], five: [] };
  for (const device of ['one', 'five']) rig.subscribe(device, 'all', (answer) => seen[device]!.push(answer), 'poller');
  await until('readings of both units', () => seen['one']!.length > 3 && seen['five']!.length > 3);
  rig.driver.moduleDown('poller');
  assert.deepEqual(
    seen['one']![0]!.blocks.map(({ values }) => values),
    [
      [1000, 1001, 1002, 1003, 1004],
      [1010, 1011, 1012],
      [1, 0, 1, 0, 1, 0, 1, 0, 1],
    ],
  );
  assert.deepEqual(seen['five']![1]!.blocks[1]?.values, [5010, 5011, 5012]);
});

test('stops reading over a gap that the device refuses', async () => {
  const rig = await open();
  const seen: Answer[] = [];
  rig.subscribe('edge', 'holed', (answer) => seen.push(answer), 'poller');
  const requests = () => (rig.status('edge')['polls'] as Record<string, Record<string, number>>)['holed']?.['requests'];
  await until('two readings', () => seen.length >= 2);
  rig.driver.moduleDown('poller');
  // Address 250 does not exist on that unit, so the poll still fails, but of its own declared registers.
  assert.deepEqual(
    seen.slice(0, 2).map(({ status, detail, blocks }) => [status, detail, blocks.length]),
    [
      [-10, 2, 0],
      [-10, 2, 0],
    ],
  );
  assert.equal(requests(), 2);
});

test('polls that are read together get their registers, beside one whose registers do not exist', async () => {
  const rig = await open();
  const seen: Record<string, Answer[]> = { low: [], high: [], missing: [] };
  const names = Object.keys(seen);
  for (const name of names) rig.subscribe('shared', name, (answer) => seen[name]!.push(answer), 'poller');
  await until('five readings of each', () => names.every((name) => seen[name]!.length >= 5));
  rig.driver.moduleDown('poller');
  const kinds = (name: string) => new Set(seen[name]!.map(({ status, detail }) => `${status} ${detail}`));
  assert.deepEqual(names.map(kinds), [new Set(['0 0']), new Set(['0 0']), new Set(['-10 2'])]);
  for (const { blocks } of seen['low']!) {
    assert.deepEqual(
      blocks[0]?.values,
      Array.from({ length: 10 }, (_, n) => 1150 + n),
    );
    assert.deepEqual(blocks[1]?.values, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  }
  for (const { blocks } of seen['high']!) {
    assert.deepEqual(blocks[0]?.values, [0]);
    assert.deepEqual(
      blocks[1]?.values,
      Array.from({ length: 40 }, (_, n) => 1160 + n),
    );
  }
});

test.run();
