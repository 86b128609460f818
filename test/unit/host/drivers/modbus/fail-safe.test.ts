import type { ModbusGrant } from '../../../../../host/src/drivers/modbus/grant.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { DriverRig, deviceAt } from '../driver-rig.ts';
import { FakeNetwork } from '../fake-network.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus fail-safe writes');
const GRANTS: ModbusGrant[] = [
  { device: 'pump', read: [], write: [], poll: [], failSafe: { address: 'coil:1', value: 1, afterSeconds: 5 } },
];

class FailSafeRig {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  readonly rig = new DriverRig(
    { pump: deviceAt(502, { timeoutMs: 1_000 }) },
    { clock: this.clock, random: () => 1, openTransport: this.network.open },
  );

  static async open(isOpen = true): Promise<FailSafeRig> {
    const rig = new FailSafeRig();
    rig.network.isOpen = isOpen;
    await rig.rig.driver.open();
    await Promise.resolve();
    return rig;
  }

  get outcomes(): string[] {
    return this.rig.audits.map(({ origin, module, address, values, outcome }) =>
      [origin, module, address, ...values, outcome].join(' '),
    );
  }

  get state(): unknown {
    return (this.rig.status('pump')['failSafes'] as { state: string }[])[0]?.state;
  }

  get sent(): number {
    return this.network.connections.flatMap(({ sent }) => sent).length;
  }
}

test('is made once the module has been down for its time, and not again after the device confirmed it', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleStarted('guard', { modbus: GRANTS });
  rig.rig.driver.moduleDown('guard');
  rig.clock.advance(4_999);
  assert.equal(rig.sent, 0);
  assert.equal(rig.state, 'counting');
  rig.clock.advance(1);
  assert.deepEqual(rig.network.last.log, ['5:1']);
  assert.equal(rig.network.last.sent[0]!.readUInt16BE(10), 0xff00);
  rig.network.last.answer();
  rig.clock.advance(600_000);
  assert.equal(rig.sent, 1);
  assert.deepEqual(rig.outcomes, ['fail-safe guard coil:1 1 confirmed']);
  assert.equal(rig.state, 'confirmed');
  assert.deepEqual(
    rig.rig.logs.map(({ level }) => level),
    ['warning', 'info'],
  );
});

test('is not made when the module is back in time, and is armed again', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleStarted('guard', { modbus: GRANTS });
  rig.rig.driver.moduleDown('guard');
  rig.clock.advance(4_999);
  rig.rig.driver.moduleStarted('guard', { modbus: GRANTS });
  rig.clock.advance(60_000);
  assert.equal(rig.sent, 0);
  rig.rig.driver.moduleDown('guard');
  rig.clock.advance(5_000);
  assert.equal(rig.sent, 1);
});

test('does not start to count again when another attempt to start the module fails', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleStarted('guard', { modbus: GRANTS });
  rig.rig.driver.moduleDown('guard');
  rig.clock.advance(3_000);
  rig.rig.driver.moduleDown('guard');
  rig.clock.advance(2_000);
  assert.equal(rig.sent, 1);
  rig.network.last.answer();
  rig.rig.driver.moduleDown('guard');
  rig.clock.advance(60_000);
  assert.equal(rig.sent, 1);
});

test('is made for a module that never started', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  rig.clock.advance(5_000);
  assert.equal(rig.sent, 1);
});

test('is not made for a module that was stopped on purpose', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleStarted('guard', { modbus: GRANTS });
  rig.rig.driver.moduleDown('guard');
  rig.rig.driver.moduleStopped('guard');
  rig.clock.advance(60_000);
  assert.equal(rig.sent, 0);
});

test('is repeated with back-off until the device confirms it', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  rig.clock.advance(5_000);
  const busy = () => {
    const frame = rig.network.last.sent.at(-1)!;
    rig.network.last.receive(answerFrame(frame.readUInt16BE(0), 1, Buffer.from([0x85, 6])));
  };
  const times: number[] = [];
  for (let i = 1; i <= 4; i++) {
    busy();
    const start = rig.clock.now();
    rig.clock.advanceUntil(() => rig.sent > i, 100);
    times.push(rig.clock.now() - start);
  }
  rig.network.last.answer();
  assert.deepEqual(times, [500, 1_000, 2_000, 4_000]);
  assert.deepEqual(
    rig.outcomes.map((outcome) => outcome.split(' ').at(-1)),
    [...['refused', 'refused', 'refused', 'refused', 'confirmed']],
  );
});

test('is repeated after a timeout on the next connection', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  rig.clock.advance(6_000);
  assert.deepEqual(rig.outcomes, ['fail-safe guard coil:1 1 unknown']);
  rig.clock.advance(200);
  await Promise.resolve();
  rig.clock.advance(500);
  assert.deepEqual(rig.network.last.log, ['5:1']);
  rig.network.last.answer();
  assert.equal(rig.state, 'confirmed');
});

test('waits for a device that is away, and is the first thing it hears', async () => {
  const rig = await FailSafeRig.open(false);
  rig.network.last.close(new Error('refused'));
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  void rig.rig.write('pump', 'coil:7', [1], 900_000, 'other');
  rig.clock.advance(600_000);
  assert.equal(rig.sent, 0);
  assert.equal(rig.state, 'writing');
  rig.clock.advanceUntil(() => rig.rig.status('pump')['state'] === 'connecting', 100);
  rig.network.last.accept();
  rig.network.last.answer(0);
  assert.deepEqual(rig.network.last.log, ['5:1', '5:7']);
});

test('is given up when the module is back before it could be sent', async () => {
  const rig = await FailSafeRig.open(false);
  rig.network.last.close(new Error('refused'));
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  rig.clock.advance(10_000);
  rig.rig.driver.moduleStarted('guard', { modbus: GRANTS });
  rig.clock.advanceUntil(() => rig.rig.status('pump')['state'] === 'connecting', 100);
  rig.network.last.accept();
  rig.clock.advance(60_000);
  assert.equal(rig.sent, 0);
  assert.deepEqual(rig.outcomes, ['fail-safe guard coil:1 1 dropped']);
});

test('ends with the driver', async () => {
  const rig = await FailSafeRig.open();
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  await rig.rig.close();
  rig.rig.driver.moduleDown('guard', { modbus: GRANTS });
  rig.clock.advance(60_000);
  assert.equal(rig.sent, 0);
  assert.equal(rig.clock.pending, 0);
  assert.equal(rig.rig.logs.length, 0);
});

test.run();
