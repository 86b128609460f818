import { encodeModbusRequest } from '../../../../../host/src/drivers/modbus/encode-request.ts';
import { QUEUE_MAX } from '../../../../../host/src/drivers/modbus/request-queue.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { type Answer, DriverRig, deviceAt, maskWriteOf, readWriteOf, writeOf } from '../driver-rig.ts';
import { FakeNetwork } from '../fake-network.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus writes');

class WriteRig {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  readonly answers: string[] = [];
  readonly rig = new DriverRig(
    { pump: deviceAt(502, { timeoutMs: 1_000 }) },
    { clock: this.clock, random: () => 1, openTransport: this.network.open },
  );

  static async open(isOpen = true): Promise<WriteRig> {
    const rig = new WriteRig();
    rig.network.isOpen = isOpen;
    await rig.rig.driver.open();
    await Promise.resolve();
    return rig;
  }

  read(address: string, module = 'm'): void {
    void this.rig.read('pump', address, module).then((answer) => this.#note(`read ${address}`, answer));
  }

  write(address: string, expiryMs = 0, module = 'm'): void {
    this.rig.requestWith('pump', writeOf(address, [1], expiryMs), (answer) => this.#note(address, answer), module);
  }

  get outcomes(): string[] {
    return this.rig.audits.map(({ address, outcome }) => `${address} ${outcome}`);
  }

  #note(what: string, { status, detail }: Answer): void {
    this.answers.push(`${what} ${status} ${detail}`);
  }
}

test('go before reads that wait', async () => {
  const rig = await WriteRig.open();
  rig.read('holding:1');
  rig.read('holding:2');
  rig.write('coil:3');
  rig.write('coil:4');
  for (let i = 0; i < 4; i++) rig.network.last.answer(i);
  assert.deepEqual(rig.network.last.log, ['3:1', '5:3', '5:4', '3:2']);
});

test('of a module have their own room, which does not grow when it stops and starts again', async () => {
  const rig = await WriteRig.open(false);
  for (let count = 0; count < QUEUE_MAX; count++) {
    rig.write('coil:1', 60_000);
    if (count % 256 === 0) rig.rig.driver.moduleStopped('m');
  }
  assert.deepEqual(rig.answers, []);
  rig.write('coil:2', 60_000);
  rig.write('coil:3', 60_000, 'other');
  assert.deepEqual(rig.answers, ['coil:2 -4 0']);
  assert.equal(rig.rig.status('pump')['queued'], QUEUE_MAX + 1);
});

test('are audited with module, device, address, values, time and outcome', async () => {
  const rig = await WriteRig.open();
  const asked = rig.clock.time();
  rig.rig.requestWith('pump', writeOf('holding:4-6', [1, 2, 65_535]), () => {}, 'guard');
  rig.clock.advance(20);
  rig.network.last.answer();
  assert.deepEqual(rig.rig.audits, [
    {
      origin: 'module',
      module: 'guard',
      device: 'pump',
      address: 'holding:4-6',
      values: [1, 2, 65_535],
      time: asked,
      tookMs: 20,
      sent: true,
      outcome: 'confirmed',
      detail: 0,
    },
  ]);
  assert.deepEqual(rig.rig.status('pump')['writes'], { confirmed: 1, refused: 0, unknown: 0, expired: 0, dropped: 0 });
});

test('wait for an absent device until they expire, and are never sent after it', async () => {
  const rig = await WriteRig.open(false);
  rig.write('coil:1', 400);
  rig.write('coil:2');
  rig.clock.advance(399);
  assert.deepEqual(rig.answers, []);
  rig.clock.advance(1);
  assert.deepEqual(rig.answers, ['coil:1 -8 0']);
  rig.network.last.accept();
  assert.deepEqual(rig.network.last.log, ['5:2']);
  assert.deepEqual(rig.outcomes, ['coil:1 expired']);
});

test('expire behind a slow request', async () => {
  const rig = await WriteRig.open();
  rig.read('holding:1');
  rig.write('coil:1', 200);
  rig.clock.advance(300);
  rig.network.last.answer(0);
  assert.deepEqual(rig.answers, ['coil:1 -8 0']);
  assert.deepEqual(rig.network.last.log, ['3:1']);
});

test('are not sent when their time passed on the way to the driver or while the thread was busy', async () => {
  const rig = await WriteRig.open();
  const answers: number[] = [];
  rig.rig.driver.request(
    { module: 'm', instance: 1, request: 1, ageMs: 500, answer: (status) => answers.push(status) },
    encodeModbusRequest(writeOf('coil:1', [1], 500), 'pump'),
  );
  rig.clock.advance(0);
  rig.read('holding:1');
  rig.write('coil:2', 500);
  rig.clock.stall(500);
  rig.network.last.answer(0);
  assert.deepEqual(answers, [-8]);
  assert.deepEqual(rig.network.last.log, ['3:1']);
  assert.deepEqual(rig.outcomes, ['coil:1 expired', 'coil:2 expired']);
});

test('that time out are unknown and not repeated on the next connection', async () => {
  const rig = await WriteRig.open();
  rig.write('coil:1', 60_000);
  rig.clock.advance(1_000);
  assert.deepEqual(rig.answers, ['coil:1 -9 259']);
  rig.clock.advance(60_000);
  await Promise.resolve();
  assert.ok(rig.network.connections.length >= 2);
  assert.equal(rig.network.connections.flatMap(({ sent }) => sent).length, 1);
  assert.deepEqual(rig.outcomes, ['coil:1 unknown']);
});

test('that wait behind one that timed out are sent on the next connection, if still in time', async () => {
  const rig = await WriteRig.open();
  rig.write('coil:1', 5_000);
  rig.write('coil:2', 5_000);
  rig.write('coil:3', 1_000);
  rig.clock.advance(1_000);
  rig.clock.advance(100);
  await Promise.resolve();
  assert.deepEqual(
    rig.network.connections.map(({ log }) => log),
    [['5:1'], ['5:2']],
  );
  assert.deepEqual(rig.outcomes, ['coil:1 unknown', 'coil:3 expired']);
});

test('of a module that is gone are dropped unless they are under way', async () => {
  const rig = await WriteRig.open();
  rig.write('coil:1', 0, 'a');
  rig.write('coil:2', 0, 'a');
  rig.read('holding:3', 'a');
  rig.write('coil:4', 0, 'b');
  rig.rig.driver.moduleDown('a');
  rig.network.last.answer(0);
  rig.network.last.answer(1);
  await Promise.resolve();
  assert.deepEqual(rig.network.last.log, ['5:1', '5:4']);
  assert.deepEqual(rig.answers, ['coil:4 0 0'], 'a is told nothing any more');
  assert.deepEqual(rig.outcomes, ['coil:2 dropped', 'coil:1 confirmed', 'coil:4 confirmed']);
});

test('of a module that stopped in order are still made, without an answer', async () => {
  const rig = await WriteRig.open();
  rig.write('coil:1', 0, 'a');
  rig.write('coil:2', 0, 'a');
  rig.read('holding:3', 'a');
  rig.rig.driver.moduleStopped('a');
  rig.network.last.answer(0);
  rig.network.last.answer(1);
  await Promise.resolve();
  assert.deepEqual(rig.network.last.log, ['5:1', '5:2']);
  assert.deepEqual(rig.answers, []);
  assert.deepEqual(rig.outcomes, ['coil:1 confirmed', 'coil:2 confirmed']);
});

test('of the next instance are made as ever', async () => {
  const rig = await WriteRig.open();
  rig.rig.driver.moduleDown('a');
  rig.write('coil:1', 0, 'a');
  rig.network.last.answer();
  assert.deepEqual(rig.answers, ['coil:1 0 0']);
});

test('to a device that does not exist, or without a layout, are answered', async () => {
  const rig = await WriteRig.open();
  const statuses: number[] = [];
  const caller = { module: 'm', instance: 1, request: 1, answer: (status: number) => void statuses.push(status) };
  rig.rig.driver.request(caller, encodeModbusRequest(writeOf('coil:1', [1]), 'other'));
  rig.rig.driver.request(caller, Uint8Array.of(1, 2, 3));
  assert.deepEqual(statuses, [-5, -1]);
  assert.deepEqual(rig.network.last.log, []);
});

test('of bits are audited with their masks, and those that also read with what they write', async () => {
  const rig = await WriteRig.open();
  const answers: Answer[] = [];
  rig.rig.requestWith('pump', maskWriteOf(4, 0xf2, 0x25), (answer) => answers.push(answer));
  rig.rig.requestWith('pump', readWriteOf('holding:3-5', 14, [255, 7]), (answer) => answers.push(answer));
  rig.network.last.answer(0);
  rig.network.last.answer(1);
  const read = { table: 3, address: 3, count: 3, values: [3, 4, 5] };
  assert.deepEqual(answers, [
    { status: 0, detail: 0, blocks: [] },
    { status: 0, detail: 0, blocks: [read] },
  ]);
  assert.deepEqual(
    rig.rig.audits.map(({ address, values, mask, outcome, sent }) => ({ address, values, mask, outcome, sent })),
    [
      { address: 'holding:4', values: [], mask: { and: 0xf2, or: 0x25 }, outcome: 'confirmed', sent: true },
      { address: 'holding:14-15', values: [255, 7], mask: undefined, outcome: 'confirmed', sent: true },
    ],
  );
});

test('of bits, and those that also read, are unknown when they were sent and not confirmed, and are not repeated', async () => {
  for (const request of [maskWriteOf(4, 1, 2), readWriteOf('holding:3', 14, [1])]) {
    const rig = await WriteRig.open();
    const answers: Answer[] = [];
    rig.rig.requestWith('pump', request, (answer) => answers.push(answer));
    rig.network.last.close();
    rig.clock.advance(5_000);
    assert.deepEqual(answers, [{ status: -9, detail: 257, blocks: [] }]);
    const sent = rig.network.connections.reduce((sum, connection) => sum + connection.sent.length, 0);
    assert.equal(sent, 1);
    assert.deepEqual(rig.outcomes, [`${request.kind === 'mask-write' ? 'holding:4' : 'holding:14'} unknown`]);
  }
});

test('of bits, and those that also read, are not sent after their expiry, and go before reads', async () => {
  const rig = await WriteRig.open();
  rig.read('holding:1');
  rig.read('holding:2');
  const answers: Answer[] = [];
  rig.rig.requestWith('pump', maskWriteOf(4, 1, 2, 5_000), (answer) => answers.push(answer));
  rig.rig.requestWith('pump', readWriteOf('holding:3', 14, [1], 100), (answer) => answers.push(answer));
  rig.clock.advance(100);
  assert.deepEqual(answers, [{ status: -8, detail: 0, blocks: [] }]);
  for (let i = 0; i < 3; i++) rig.network.last.answer(i);
  assert.deepEqual(rig.network.last.log, ['3:1', '22:4', '3:2']);
});

test.run();
