import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { DriverRig, deviceAt } from '../driver-rig.ts';
import { FakeNetwork } from '../fake-network.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus driver state');

interface StatusRig {
  readonly rig: DriverRig;
  readonly clock: VirtualClock;
  readonly network: FakeNetwork;
}

async function open(): Promise<StatusRig> {
  const clock = new VirtualClock();
  const network = new FakeNetwork();
  network.isOpen = false;
  const rig = await DriverRig.open(
    { pump: deviceAt(502, { timeoutMs: 100, unitId: 7 }) },
    { clock, random: () => 1, openTransport: network.open },
  );
  return { rig, clock, network };
}

/** Lets the next attempt to connect succeed. */
function connect({ rig, clock, network }: StatusRig): void {
  clock.advanceUntil(() => rig.status('pump')['state'] === 'connecting', 10);
  network.last.accept();
}

test('counts what happened to a device, by kind', async () => {
  const it = await open();
  const { rig, clock, network } = it;
  network.last.close(new Error('refused'));
  connect(it);
  void rig.read('pump', 'holding:1');
  network.last.answer();
  void rig.read('pump', 'holding:1');
  clock.advance(100);
  connect(it);
  void rig.read('pump', 'holding:1');
  network.last.receive(Buffer.alloc(20, 0xff));
  connect(it);
  void rig.read('pump', 'holding:1');
  const { sent } = network.last;
  network.last.receive(answerFrame(sent[0]!.readUInt16BE(0), 7, Buffer.from([0x83, 2])));
  network.last.close();
  const { state, connections, connectFailures, connectionsLost, timeouts, badAnswers, reads, exceptions } =
    rig.status('pump');
  assert.deepEqual(
    { state, connections, connectFailures, connectionsLost, timeouts, badAnswers, reads, exceptions },
    {
      state: 'connecting',
      connections: 3,
      connectFailures: 1,
      connectionsLost: 3,
      timeouts: 1,
      badAnswers: 1,
      reads: 4,
      exceptions: 1,
    },
  );
});

test('says each change of state once, and keeps the last error', async () => {
  const it = await open();
  const { rig, clock, network } = it;
  for (let i = 0; i < 5; i++) {
    clock.advanceUntil(() => rig.status('pump')['state'] === 'connecting', 10);
    network.last.close(new Error('refused'));
  }
  connect(it);
  void rig.read('pump', 'holding:1');
  clock.advance(100);
  connect(it);
  void rig.read('pump', 'holding:1');
  clock.advance(100);
  const failedAt = clock.time();
  connect(it);
  void rig.read('pump', 'holding:1');
  network.last.answer();
  void rig.read('pump', 'holding:1');
  network.last.answer();
  assert.deepEqual(
    rig.logs.map(({ level, code, text }) => [level, code, text]),
    [
      ['warning', 'DEVICE_UNREACHABLE', 'device "pump": 127.0.0.1 port 502 does not accept a connection (refused)'],
      ['info', undefined, 'device "pump" can be reached again'],
      ['warning', 'DEVICE_TIMEOUT', 'device "pump": no answer within 100 ms'],
      ['info', undefined, 'device "pump" can be reached again'],
    ],
  );
  assert.deepEqual(rig.status('pump')['lastError'], {
    code: 'DEVICE_TIMEOUT',
    text: 'no answer within 100 ms',
    time: failedAt,
  });
});

test('tells a module that is gone nothing, whatever became of its reads', async () => {
  const it = await open();
  const { rig, clock, network } = it;
  connect(it);
  const told: unknown[] = [];
  const read = (module: string) => void rig.read('pump', 'holding:1', module).then((answer) => told.push(answer));
  read('gone');
  rig.driver.moduleDown('gone');
  network.last.answer();
  read('gone');
  rig.driver.moduleDown('gone');
  clock.advance(100);
  await Promise.resolve();
  assert.deepEqual(told, []);
  connect(it);
  read('gone');
  network.last.answer();
  await Promise.resolve();
  assert.equal(told.length, 1);
});

test('is plain JSON', async () => {
  const { rig } = await open();
  const status = rig.driver.status();
  assert.deepEqual(JSON.parse(JSON.stringify(status)), status);
});

for (const [what, registers] of [
  ['a register that is none', ['holding:0', 'holding:x']],
  ['more registers than a reading may have', ['holding:0-8191', 'input:0']],
  ['no registers', []],
] as const) {
  test(`does not open with a poll of ${what}`, async () => {
    const polls = { fast: { registers, intervalMs: 100 } };
    await assert.rejects(DriverRig.open({ pump: deviceAt(502, { polls }) }), { code: 'GATEWAY_INVALID' });
  });
}

test.run();
