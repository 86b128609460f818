import { freePort } from '../../lib/free-port.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { behaveWell, startEvilServer } from '../../peers/evil-modbus-server.ts';
import { DriverRig, deviceAt } from '../../unit/host/drivers/driver-rig.ts';

const test = suite('modbus driver reaching devices');

/** A port where nobody listens. */
for (const host of ['127.0.0.1', '::1', 'localhost']) {
  test(`connects to ${host}`, async () => {
    const server = await startEvilServer(behaveWell, host === '::1' ? '::1' : '127.0.0.1');
    const rig = await DriverRig.open({ pump: deviceAt(server.port, { host, timeoutMs: 2_000 }) });
    try {
      assert.deepEqual((await rig.read('pump', 'holding:8-9')).blocks[0]?.values, [8, 9]);
    } finally {
      await rig.close();
      await server.close();
    }
  });
}

for (const [what, host, reason] of [
  ['a port where nobody listens', '127.0.0.1', 'ECONNREFUSED'],
  ['a name that does not exist', 'no-such-device.invalid', /ENOTFOUND|EAI_AGAIN|no connection within/],
] as const) {
  test(`says once that ${what} cannot be reached, and goes on`, async () => {
    const rig = await DriverRig.open({ pump: deviceAt(await freePort(), { host, timeoutMs: 400 }) });
    try {
      await until('three attempts', () => Number(rig.status('pump')['connectFailures']) >= 3);
      const lines = rig.logs.map(({ code, level }) => [level, code]);
      assert.deepEqual(lines, [['warning', 'DEVICE_UNREACHABLE']]);
      assert.match(rig.logs[0]!.text, new RegExp(reason));
    } finally {
      await rig.close();
    }
  });
}

test('answers a read of an absent device at once, and keeps a write until its expiry', async () => {
  const rig = await DriverRig.open({ pump: deviceAt(await freePort()) });
  try {
    await until('refused', () => rig.status('pump')['state'] === 'waiting');
    const started = performance.now();
    const [read, write] = await Promise.all([rig.read('pump', 'holding:0'), rig.write('pump', 'coil:1', [1], 80)]);
    const tookMs = performance.now() - started;
    assert.deepEqual([read.status, read.detail], [-6, 256]);
    assert.deepEqual([write.status, write.detail], [-8, 0]);
    assert.ok(tookMs >= 80 && tookMs < 1_000, `took ${tookMs} ms`);
    assert.deepEqual(
      rig.audits.map(({ outcome, sent }) => [outcome, sent]),
      [['expired', false]],
    );
  } finally {
    await rig.close();
  }
});

test('finds a device that comes back, and sends a write that is still in time', async () => {
  const port = await freePort();
  const rig = await DriverRig.open({ pump: deviceAt(port) });
  await until('refused', () => rig.status('pump')['state'] === 'waiting');
  const write = rig.write('pump', 'coil:1', [1], 8_000);
  const server = await startEvilServer(behaveWell, '127.0.0.1', port);
  try {
    assert.equal((await write).status, 0);
    assert.deepEqual(
      rig.logs.map(({ level }) => level),
      ['warning', 'info'],
    );
    assert.equal(server.requests.length, 1);
  } finally {
    await rig.close();
    await server.close();
  }
});

test('a dead device does not delay the others', async () => {
  const good = await startEvilServer(behaveWell);
  const silent = await startEvilServer(() => {});
  const polls = { fast: { registers: ['holding:0-1'], intervalMs: 10 } };
  const rig = await DriverRig.open({
    good: deviceAt(good.port, { polls, timeoutMs: 5_000 }),
    silent: deviceAt(silent.port, { polls }),
    refused: deviceAt(await freePort(), { polls }),
  });
  try {
    const seen: Record<string, number[]> = { good: [], silent: [], refused: [] };
    for (const device of Object.keys(seen)) {
      rig.subscribe(device, 'fast', ({ status }) => seen[device]!.push(status), 'poller');
    }
    const hasAnswers = (device: string, count: number): boolean => seen[device]!.length >= count;
    await until('answers of the dead ones', () => hasAnswers('silent', 2) && hasAnswers('refused', 10));
    await until('answers of the living one', () => hasAnswers('good', 20));
    assert.ok(seen['good']!.every((status) => status === 0));
    assert.ok([...seen['silent']!, ...seen['refused']!].every((status) => status === -7 || status === -6));
  } finally {
    await rig.close();
    await Promise.all([good.close(), silent.close()]);
  }
});

test('closing cancels reads that wait, completes the writes, and is the same close for all callers', async () => {
  let answer: (() => void) | undefined;
  const server = await startEvilServer((socket, request, index) => {
    answer = () => behaveWell(socket, request, index);
  });
  const rig = await DriverRig.open({ pump: deviceAt(server.port, { timeoutMs: 5_000 }) });
  try {
    const sent = rig.write('pump', 'coil:3', [1]);
    await until('the write is under way', () => answer !== undefined);
    const waiting = rig.write('pump', 'coil:4', [1]);
    const read = rig.read('pump', 'holding:0');
    const closing = [rig.close(), rig.close()];
    assert.equal((await read).status, -11);
    assert.equal((await rig.write('pump', 'coil:5', [1])).status, -11, 'nothing new is taken');
    server.behave(behaveWell);
    answer?.();
    assert.deepEqual([(await sent).status, (await waiting).status], [0, 0]);
    await Promise.all(closing);
    assert.deepEqual(
      rig.audits.map(({ address, outcome }) => [address, outcome]),
      [
        ['coil:5', 'dropped'],
        ['coil:3', 'confirmed'],
        ['coil:4', 'confirmed'],
      ],
    );
    assert.equal(rig.status('pump')['state'], 'closed');
  } finally {
    await rig.close();
    await server.close();
  }
});

test('closing takes no longer than two deadlines, and drops writes for a device that does not answer', async () => {
  const server = await startEvilServer(() => {});
  const silent = await DriverRig.open({ pump: deviceAt(server.port, { timeoutMs: 200 }) });
  const absent = await DriverRig.open({ pump: deviceAt(await freePort(), { timeoutMs: 200 }) });
  try {
    await until('connected', () => silent.status('pump')['state'] === 'connected');
    await until('refused', () => absent.status('pump')['state'] === 'waiting');
    const answers = Promise.all([
      silent.write('pump', 'coil:1', [1], 60_000),
      silent.write('pump', 'coil:2', [1], 60_000),
      absent.write('pump', 'coil:3', [1], 60_000),
    ]);
    const started = performance.now();
    await absent.close();
    assert.ok(performance.now() - started < 100, 'a device that is away holds nobody up');
    await silent.close();
    assert.ok(performance.now() - started < 1_000);
    assert.deepEqual(
      (await answers).map(({ status }) => status),
      [-9, -11, -11],
    );
  } finally {
    await Promise.all([silent.close(), absent.close(), server.close()]);
  }
});

test.run();
