import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { grant, type ServerAnswer, ServerRig } from './server-rig.ts';

const test = suite('modbus server driver');

const text = (value: string): string => Buffer.from(value).toString('hex');
/** What an answer to a take says of a write. */
function written(answers: readonly ServerAnswer[]): unknown[] {
  return answers.map(({ status, payload }) => {
    if (status !== STATUS.ok) return status;
    const count = payload.readUInt16LE(4);
    const values = Array.from({ length: count }, (_, index) => payload.readUInt16LE(8 + 2 * index));
    const client = payload.subarray(8 + 2 * count);
    assert.equal(client.byteLength, payload.readUInt16LE(6));
    return [payload[0], payload[1], payload.readUInt16LE(2), values, client.toString()];
  });
}

test('reads of all four tables are answered from what the module has set', async () => {
  const rig = await ServerRig.open({ m: grant(['coil:0-15', 'discrete:8-17', 'holding:0-2', 'input:100-101']) });
  rig.set(1, 0, [1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  rig.set(2, 8, [1, 1, 1, 1, 1, 1, 1, 1, 0, 1]);
  rig.set(3, 0, [0x1234, 0xffff, 7]);
  rig.set(4, 100, [1, 65_535]);
  const client = rig.connect();
  assert.equal(client.ask('01 0000 0009'), '01020d01');
  assert.equal(client.ask('02 0008 000a'), '0202ff02');
  assert.equal(client.ask('03 0001 0002'), '0304ffff0007');
  assert.equal(client.ask('04 0064 0002'), '04040001ffff');
});

test('a read may cover registers of several modules, and none that nobody offers', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0-1', 'holding:4']), n: grant(['holding:2-3']) });
  rig.set(3, 0, [1, 2]);
  rig.set(3, 2, [3, 4], 'n');
  rig.set(3, 4, [5]);
  const client = rig.connect();
  assert.equal(client.ask('03 0000 0005'), '030a00010002000300040005');
  for (const read of ['03 0000 0006', '03 0005 0001', '04 0000 0001', '03 ffff 0002'])
    assert.equal(client.ask(read).slice(2), '02', read);
  const gap = await ServerRig.open({ m: grant(['holding:0-1', 'holding:4-9']) });
  gap.set(3, 0, [1, 2]);
  gap.set(3, 4, [5, 6, 7, 8, 9, 10]);
  const other = gap.connect();
  for (const read of ['03 0000 0005', '03 0002 0001', '03 0003 0002', '03 0001 0002'])
    assert.equal(other.ask(read), '8302', read);
  assert.equal(other.ask('03 0004 0002'), '030400050006');
});

test('a module sets what it is granted and nothing else', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0-1']), n: grant(['holding:2-3']) });
  assert.equal(rig.set(3, 1, [1, 2]), STATUS.denied);
  assert.equal(rig.set(3, 2, [1]), STATUS.denied);
  assert.equal(rig.set(4, 0, [1]), STATUS.denied);
  assert.equal(rig.set(3, 0, [1], 'stranger'), STATUS.denied);
  assert.equal(rig.set(3, 0, [1, 2]), STATUS.ok);
});

test('values that were never set, are stale, or are of a module that is down are not told: exception 11', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0-1']) }, { staleAfterMs: 1_000 });
  const client = rig.connect();
  assert.equal(client.ask('03 0000 0002'), '830b');
  rig.set(3, 0, [1]);
  assert.equal(client.ask('03 0000 0002'), '830b', 'one of them was not set');
  rig.set(3, 1, [2]);
  assert.equal(client.ask('03 0000 0002'), '030400010002');
  await rig.pass(1_000);
  assert.equal(client.ask('03 0000 0002'), '030400010002', 'as old as they may be');
  await rig.pass(1);
  assert.equal(client.ask('03 0000 0001'), '830b');
  rig.set(3, 0, [3, 4]);
  assert.equal(client.ask('03 0000 0002'), '030400030004');
  rig.driver.moduleDown('m');
  assert.equal(client.ask('03 0000 0002'), '830b');
  rig.driver.moduleStarted('m');
  assert.equal(client.ask('03 0000 0002'), '830b', 'another instance has to set them anew');
  rig.set(3, 0, [5, 6]);
  rig.driver.moduleStopped('m');
  assert.equal(client.ask('03 0000 0002'), '830b');
});

test('with staleAfterMs 0 values stay as long as their module runs', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0']) }, { staleAfterMs: 0, idleMs: 86_400_000 });
  rig.set(3, 0, [1]);
  const client = rig.connect();
  await rig.pass(80_000_000);
  assert.equal(client.ask('03 0000 0001'), '03020001');
  rig.driver.moduleDown('m');
  assert.equal(client.ask('03 0000 0001'), '830b');
});

test('writes of every function reach the module that accepts them, in their order, with who made them', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:20-29'], ['coil:0-9', 'holding:10-29']) });
  rig.set(3, 20, [0x00ff, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const client = rig.connect();
  const writes = [
    ['05 0003 ff00', '050003ff00'],
    ['05 0003 0000', '0500030000'],
    ['06 000a 1234', '06000a1234'],
    ['0f 0000 000a 02 0502', '0f0000000a'],
    ['10 000b 0002 04 00010002', '10000b0002'],
    ['16 0014 00f0 000f', '16001400f0000f'],
    ['17 0015 0001 001d 0001 02 0007', '17020000'],
  ] as const;
  for (const [request, answer] of writes) assert.equal(client.ask(request), answer);
  const from = client.name;
  assert.deepEqual(
    writes.flatMap(() => written(rig.take())),
    [
      [1, 5, 3, [1], from],
      [1, 5, 3, [0], from],
      [3, 6, 10, [0x1234], from],
      [1, 15, 0, [1, 0, 1, 0, 0, 0, 0, 0, 0, 1], from],
      [3, 16, 11, [1, 2], from],
      // (0x00ff AND 0x00f0) OR (0x000f AND NOT 0x00f0)
      [3, 22, 20, [0x00ff], from],
      [3, 23, 29, [7], from],
    ],
  );
  assert.deepEqual(
    rig.audits.map(({ origin, module, device, address, outcome, client: by }) => [
      origin,
      module,
      device,
      address,
      outcome,
      by,
    ]),
    ['coil:3', 'coil:3', 'holding:10', 'coil:0-9', 'holding:11-12', 'holding:20', 'holding:29'].map((address) => [
      ...['client', 'm', 'scada', address, 'confirmed', from],
    ]),
  );
});

test('masks of two requests that follow each other both count, although the module has not set the first', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0'], ['holding:0']) });
  rig.set(3, 0, [0]);
  const client = rig.connect();
  client.ask('16 0000 fffe 0001');
  client.ask('16 0000 fffd 0002');
  assert.equal(client.ask('03 0000 0001'), '03020000', 'what is told is what the module has set');
  assert.deepEqual(
    [...written(rig.take()), ...written(rig.take())].map((write) => (write as unknown[])[3]),
    [[1], [3]],
  );
  rig.set(3, 0, [8]);
  client.ask('16 0000 fffe 0001');
  assert.deepEqual(
    written(rig.take()).map((write) => (write as unknown[])[3]),
    [[9]],
  );
});

test('a mask is laid over the write that waits, whatever the module sets meanwhile, and not over one that has expired', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0'], ['holding:0']) }, { writeExpiryMs: 500 });
  rig.set(3, 0, [0]);
  const client = rig.connect();
  const values = () => written(rig.take()).map((write) => (write as unknown[])[3]);
  client.ask('16 0000 fffe 0001');
  rig.set(3, 0, [0]);
  client.ask('16 0000 fffd 0002');
  assert.deepEqual([...values(), ...values()], [[1], [3]]);
  rig.set(3, 0, [3]);
  client.ask('06 0000 0f00');
  await rig.pass(500);
  client.ask('16 0000 fffb 0004');
  assert.deepEqual(values(), [[7]]);
  assert.deepEqual(rig.status['writes'], { confirmed: 3, refused: 0, unknown: 0, expired: 1, dropped: 0 });
});

test('a module that waits gets a write at once, and hears when there was none', async () => {
  const rig = await ServerRig.open({ m: grant([], ['holding:0']) });
  const client = rig.connect();
  const first = rig.take();
  assert.deepEqual(first, []);
  client.ask('06 0000 0001');
  assert.equal(written(first).length, 1);
  const second = rig.take('m', 100);
  await rig.pass(100);
  assert.deepEqual(written(second), [STATUS.timeout]);
});

test('a write to what nobody accepts, or two modules in part, is refused with exception 2 and changes nothing', async () => {
  const rig = await ServerRig.open({
    m: grant(['holding:0-9'], ['holding:4-5']),
    n: grant([], ['holding:20', 'coil:0']),
  });
  const both = await ServerRig.open({ m: grant([], ['holding:4-5']), n: grant([], ['holding:6']) });
  rig.set(3, 0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const client = rig.connect();
  for (const write of [
    '06 0000 0001',
    '10 0005 0002 04 00010002',
    '05 0001 ff00',
    '10 ffff 0002 04 00010002',
    '17 0000 0001 ffff 0002 04 00010002',
    '16 0000 0000 0000',
  ])
    assert.equal(client.ask(write).slice(2), '02', write);
  rig.driver.moduleStarted('n');
  assert.equal(client.ask('16 0014 0000 0000').slice(2), '02', 'a mask needs what it is laid over');
  both.driver.moduleStarted('m');
  both.driver.moduleStarted('n');
  assert.equal(both.connect().ask('10 0005 0002 04 00010002').slice(2), '02');
  assert.deepEqual(rig.audits, []);
  assert.equal(rig.codes.filter((code) => code === 'CLIENT_DENIED').length, 1, 'told once a minute');
});

test('a write to a module that is down is refused with exception 11, and one too many with 6', async () => {
  const rig = await ServerRig.open({ m: grant([], ['holding:0']) }, { requestsPerSecond: 10_000 });
  const client = rig.connect();
  assert.equal(client.ask('06 0000 0001'), '860b');
  rig.driver.moduleStarted('m');
  for (let count = 0; count < 32; count++) assert.equal(client.ask('06 0000 0001'), '0600000001');
  assert.equal(client.ask('06 0000 0001'), '8606');
  assert.equal(rig.connect().ask('06 0000 0001'), '8606', 'another connection of the same address');
  rig.take();
  assert.equal(client.ask('06 0000 0001'), '0600000001');
});

test('one client that writes without end leaves room to others, of which each has half of the rest', async () => {
  const rig = await ServerRig.open({ m: grant([], ['holding:0']) }, { requestsPerSecond: 10_000, maxClients: 8 });
  rig.driver.moduleStarted('m');
  const taken = Array.from({ length: 8 }, (_, n) => {
    const client = rig.connect(`10.0.0.${n}`);
    return Array.from({ length: 65 }, () => client.ask('06 0000 0001')).filter((answer) => answer === '0600000001')
      .length;
  });
  assert.deepEqual(taken, [32, 16, 8, 4, 2, 1, 1, 0]);
  assert.equal(rig.status['waiting'], 64);
});

test('a read that fails keeps the write of function 23 from being made', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0'], ['holding:1']) });
  rig.driver.moduleStarted('m');
  const client = rig.connect();
  assert.equal(client.ask('17 0000 0001 0001 0001 02 0007'), '970b');
  assert.equal(client.ask('17 0009 0001 0001 0001 02 0007'), '9702');
  assert.equal(rig.status['waiting'], 0);
});

test('a write that its module does not take in time, or that is down meanwhile, is dropped and audited', async () => {
  const rig = await ServerRig.open({ m: grant([], ['holding:0']) }, { writeExpiryMs: 500 });
  rig.driver.moduleStarted('m');
  const client = rig.connect();
  client.ask('06 0000 0001');
  await rig.pass(400);
  client.ask('06 0000 0002');
  await rig.pass(100);
  assert.equal(rig.status['waiting'], 1);
  rig.driver.moduleDown('m');
  assert.deepEqual(
    rig.audits.map(({ outcome, sent, tookMs, code, values }) => [outcome, sent, tookMs, code, ...values]),
    [
      ['expired', false, 500, 'WRITE_EXPIRED', 1],
      ['dropped', false, 100, undefined, 2],
    ],
  );
  assert.equal(rig.clock.pending, 1, 'nothing but the look whether the client is idle');
});

test('functions and units that it does not have are refused: exceptions 1 and 10', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0']) });
  const client = rig.connect();
  for (const code of ['07', '08 0000 0000', '0b', '11', '14 07', '18 0000', '2b 0d 00', '41', '00', '80', 'ff']) {
    const function_ = Number.parseInt(code.slice(0, 2), 16) | 0x80;
    assert.equal(client.ask(code), `${function_.toString(16)}01`, code);
  }
  assert.equal(client.ask('03 0000 0001', 2), '830a');
});

test('counts, lengths and values that a function does not have are refused with exception 3', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0-199', 'coil:0-2999'], ['holding:0-199', 'coil:0-2999']) });
  rig.driver.moduleStarted('m');
  const client = rig.connect();
  const registers = (count: number) => '0001'.repeat(count);
  for (const request of [
    ...['01 0000 0000', '01 0000 07d1', '03 0000 0000', '03 0000 007e', '03 0000', '03 0000 0001 00', '03'],
    ...['05 0000 0001', '05 0000 ff01', '05 0000 ff00 00', '06 0000', '06 0000 0001 00', '0f 0000 0000 00', '0f 0000'],
    ...['0f 0000 0009 01 ff', '0f 0000 0008 01', '0f 0000 0008 01 ff ff', '10 0000 0000 00', '10 0000 0001 01 0001'],
    ...['10 0000 0001 02 00', '10 0000 0001 02 0001 00', '16 0000 0000', '16 0000 0000 0000 00', '17 0000 0001'],
    ...['17 0000 0000 0000 0001 02 0001', '17 0000 007e 0000 0001 02 0001', '17 0000 0001 0000 0001 02', '2b 0e'],
    ...[
      '17 0000 0001 0000 0001 03 0001',
      `10 0000 007c f8 ${registers(124)}`,
      `17 0000 0001 0000 007a f4 ${registers(122)}`,
    ],
    ...['2b 0e 00 00', '2b 0e 05 00', '2b 0e 01', '2b 0e 01 00 00'],
  ]) {
    assert.equal(client.ask(request).slice(2), '03', request);
  }
  assert.equal(rig.status['waiting'], 0);
});

test('says who it is: basic and regular objects, and one alone', async () => {
  const rig = await ServerRig.open({ m: grant(['holding:0']) });
  const client = rig.connect();
  const basic = `0009${text('Gatehouse')}010e${text('gatehouse-host')}0205${text('1.2.3')}`;
  const regular = `0411${text('Gatehouse gateway')}0604${text('gw-1')}`;
  assert.equal(client.ask('2b 0e 01 00'), `2b0e0182000003${basic}`);
  assert.equal(client.ask('2b 0e 02 00'), `2b0e0282000005${basic}${regular}`);
  assert.equal(client.ask('2b 0e 03 04'), `2b0e0382000002${regular}`);
  assert.equal(client.ask('2b 0e 01 07'), `2b0e0182000003${basic}`, 'begins anew behind the end');
  assert.equal(client.ask('2b 0e 04 02'), `2b0e04820000010205${text('1.2.3')}`);
  assert.equal(client.ask('2b 0e 04 03'), 'ab02');
});

test('an address that cannot be listened on is tried again for ever, and said once', async () => {
  const rig = new ServerRig({ m: grant(['holding:0']) });
  rig.isThere = false;
  await rig.driver.open();
  for (let count = 0; count < 200; count++) await rig.pass(1_000);
  assert.deepEqual(rig.codes, ['LISTEN_FAILED']);
  assert.equal(rig.status['state'], 'waiting');
  rig.isThere = true;
  for (let count = 0; count < 40; count++) await rig.pass(1_000);
  assert.equal(rig.status['state'], 'listening');
  assert.match(rig.logs.at(-1) as string, /listens for Modbus on 127\.0\.0\.1 port 1502/);
});

test('closing ends clients, what modules wait for and what waits for them, and leaves nothing behind', async () => {
  const rig = await ServerRig.open({ m: grant([], ['holding:0']), n: grant([], ['holding:1']) });
  rig.driver.moduleStarted('m');
  const client = rig.connect();
  const waits = rig.take('n');
  client.ask('06 0000 0001');
  await rig.driver.close();
  await rig.driver.close();
  assert.deepEqual(written(waits), [STATUS.cancelled]);
  assert.deepEqual(
    rig.audits.map(({ outcome }) => outcome),
    ['dropped'],
  );
  assert.equal(client.state, 'ended');
  assert.equal(rig.clock.pending + rig.listening, 0);
  assert.equal(rig.connect().state, 'reset');
});

test.run();
