import { FAULTS, type FaultPlan } from '../../../../tools/simulators/pump/fault-plan.ts';
import { ModbusException, PumpDevice, type PumpEvent } from '../../../../tools/simulators/pump/pump-device.ts';
import { seededRandom } from '../../../../tools/simulators/pump/random.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('pump device');

/** A pump in virtual time. */
function pumpWith(plan: FaultPlan, seed = 1) {
  const events: PumpEvent[] = [];
  const clock = { ms: 1000 };
  const device = new PumpDevice({
    plan,
    random: seededRandom(seed),
    now: () => clock.ms,
    onEvent: (event) => events.push(event),
  });
  const live = (seconds: number): void => {
    for (const end = clock.ms + seconds * 1000; clock.ms < end; ) {
      clock.ms += 10;
      device.tick();
    }
  };
  const kinds = () => events.map(({ kind }) => kind);
  return { device, events, clock, live, kinds };
}

const healthy: FaultPlan = { fault: 'none', afterSeconds: 0 };
const gasLock: FaultPlan = { fault: 'gas-lock', afterSeconds: 5 };

test('a healthy pump crosses no limit in five minutes, whatever the noise', () => {
  for (const seed of [1, 2, 3]) {
    const pump = pumpWith(healthy, seed);
    pump.live(300);
    assert.deepEqual(pump.events, []);
  }
});

test('the same seed gives the same registers, another one does not', () => {
  const registers = (seed: number) => {
    const pump = pumpWith(healthy, seed);
    pump.live(2);
    return [...pump.device.inputs];
  };
  assert.deepEqual(registers(7), registers(7));
  assert.notDeepEqual(registers(7), registers(8));
});

test('gas lock crosses the discharge limit first, by the count the register holds', () => {
  const pump = pumpWith(gasLock);
  pump.live(16);
  assert.deepEqual(pump.kinds(), ['fault', 'limit-crossed', 'limit-crossed', 'limit-crossed']);
  const [fault, first] = pump.events;
  assert.ok(fault?.kind === 'fault' && fault.atMs === 5000);
  assert.ok(first?.kind === 'limit-crossed');
  assert.equal(first.name, 'dischargePressure');
  assert.equal(first.register, 'input:0');
  assert.equal(first.limit, 64);
  assert.ok(first.value < 64 && first.value > 63.5, `${first.value}`);
  assert.ok(first.atMs - fault.atMs < 5000);
  assert.equal(pump.device.readDiscrete(2), true);
});

test('the stop coil stops the pump, reads back, and tells the time since the limit', () => {
  const pump = pumpWith(gasLock);
  while (!pump.kinds().includes('limit-crossed')) pump.live(0.01);
  pump.clock.ms += 42;
  pump.device.writeCoil(1, true);
  pump.live(2);
  assert.deepEqual(pump.events[2], {
    kind: 'coil-written',
    address: 1,
    value: 1,
    sinceLimitMs: 42,
    atMs: pump.events[2]?.atMs,
  });
  assert.deepEqual([pump.device.readCoil(0), pump.device.readCoil(1)], [false, true]);
  const stopped = pump.events[3];
  assert.ok(stopped?.kind === 'stopped' && stopped.cause === 'stop-coil' && stopped.afterMs < 1000);
  assert.equal(pump.device.measured('strokeRate'), 0);
  assert.equal(pump.device.measured('runState'), 0);
  pump.live(60);
  assert.equal(pump.events.length, 4, 'a stopped pump crosses no further limit');
});

test('the time to the stop counts from the first limit, not from the latest', () => {
  const pump = pumpWith(gasLock);
  pump.live(16);
  const first = pump.events.find(({ kind }) => kind === 'limit-crossed');
  pump.device.writeCoil(1, true);
  const written = pump.events.at(-1);
  assert.ok(first !== undefined && written?.kind === 'coil-written' && written.sinceLimitMs !== null);
  assert.ok(Math.abs(written.atMs - first.atMs - written.sinceLimitMs) < 0.1);
});

test('a latched stop must be released before a start, and limits count again 20 s after it', () => {
  const pump = pumpWith({ fault: 'none', afterSeconds: 0 });
  pump.device.writeCoil(1, true);
  pump.live(20);
  assert.throws(
    () => pump.device.writeCoil(0, true),
    (error) => error instanceof ModbusException && error.modbusErrorCode === 4,
  );
  pump.device.writeCoil(1, false);
  pump.live(1);
  assert.equal(pump.device.measured('runState'), 0, 'releasing the latch does not start');
  pump.device.writeCoil(0, true);
  pump.live(60);
  assert.equal(pump.device.measured('runState'), 1);
  assert.deepEqual(
    pump.kinds().filter((kind) => kind === 'limit-crossed'),
    [],
  );
  assert.ok(pump.device.measured('dischargePressure') > 64);
});

test('refuses addresses that do not exist with exception 2 and setpoints out of range with exception 3', () => {
  const { device } = pumpWith(healthy);
  const code = (expected: number) => (error: unknown) =>
    error instanceof ModbusException && error.modbusErrorCode === expected;
  assert.throws(() => device.readInputs(13, 2), code(2));
  assert.throws(() => device.readHoldings(4, 1), code(2));
  assert.throws(() => device.readCoil(2), code(2));
  assert.throws(() => device.readDiscrete(5), code(2));
  assert.throws(() => device.writeCoil(2, true), code(2));
  assert.throws(() => device.writeHolding(0, 500), code(3));
  assert.throws(() => device.writeHolding(0, 1900), code(3));
  assert.deepEqual(device.readHoldings(0, 4), [1500, 6400, 1700, 350]);
});

test('follows a new stroke rate, and judges by a new limit', () => {
  const pump = pumpWith(healthy);
  pump.device.writeHolding(0, 900);
  pump.live(5);
  assert.equal(pump.device.measured('strokeRate'), 9);
  pump.device.writeHolding(1, 9000);
  pump.live(0.02);
  assert.deepEqual(pump.kinds(), ['register-written', 'register-written', 'limit-crossed']);
});

test('a stuck sensor keeps its count while the pump goes on', () => {
  const pump = pumpWith({ fault: 'sensor-stuck', afterSeconds: 1, forSeconds: 10 });
  pump.live(1.05);
  const stuck = pump.device.inputs[0];
  const seen = new Set<number>();
  for (let i = 0; i < 80; i++) {
    pump.live(0.1);
    assert.equal(pump.device.inputs[0], stuck);
    seen.add(pump.device.inputs[1]!);
  }
  assert.ok(seen.size > 20);
  pump.live(5);
  assert.notEqual(pump.device.inputs[0], stuck, 'the sensor works again when the fault ends');
});

test('comms loss is silence for as long as the plan says', () => {
  const pump = pumpWith({ fault: 'comms-loss', afterSeconds: 1, forSeconds: 2 });
  const silent = [0.9, 0.2, 1.8, 0.2].map((seconds) => {
    pump.live(seconds);
    return pump.device.isSilent;
  });
  assert.deepEqual(silent, [false, true, true, false]);
});

test('a process that was suspended skips the time instead of catching up', () => {
  const pump = pumpWith(healthy);
  const before = pump.device.model.strokes;
  pump.clock.ms += 3_600_000;
  pump.device.tick();
  assert.ok(pump.device.model.strokes - before <= 1);
});

test('every fault has its sentence and can be planned', () => {
  for (const fault of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) pumpWith({ fault, afterSeconds: 0 }).live(0.1);
});

test.run();
