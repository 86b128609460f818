import { Barrel } from '../../../../tools/simulators/pump/barrel.ts';
import { PumpModel } from '../../../../tools/simulators/pump/pump-model.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('pump model');

interface Range {
  min: number;
  max: number;
  mean: number;
}

function observe(model: PumpModel, seconds: number, value: (model: PumpModel) => number): Range {
  let [min, max, sum] = [Infinity, -Infinity, 0];
  const count = Math.round(seconds * 100);
  for (let i = 0; i < count; i++) {
    model.advance(0.01);
    const now = value(model);
    min = Math.min(min, now);
    max = Math.max(max, now);
    sum += now;
  }
  return { min, max, mean: sum / count };
}

const gasLock = { gasLock: true, wear: 0 };

test('one healthy stroke is like the next', () => {
  const model = PumpModel.runningWell();
  const first = observe(model, 4, (pump) => pump.dischargePressure);
  const later = observe(model, 40, (pump) => pump.dischargePressure);
  assert.ok(Math.abs(first.mean - later.mean) < 0.5, `${first.mean} and ${later.mean} bar`);
  assert.ok(later.min > 66 && later.max < 76);
});

test('what is produced is what the well gave', () => {
  const model = PumpModel.runningWell();
  model.advance(400);
  assert.ok(model.produced > 150, `${model.produced} L in 400 s`);
  assert.ok(Math.abs(model.produced - model.inflow) / model.produced < 0.02, `${model.produced} of ${model.inflow} L`);
});

test('the barrel keeps liquid and gas to the last drop', () => {
  const barrel = new Barrel(2, 20, 0.5);
  const around = { volume: 2, intakePressure: 15, tubingPressure: 70, gasFraction: 0, slip: 0.001 };
  const liquid = barrel.liquid;
  const gas = barrel.gas;
  let taken = 0;
  for (let i = 0; i < 500; i++) {
    const through = barrel.step(0.002, { ...around, volume: 2 + i * 0.001 });
    taken += through.drawn + through.slipped;
    assert.equal(through.lifted, 0);
  }
  assert.ok(taken > 0.3);
  assert.ok(Math.abs(barrel.liquid - liquid - taken) < 1e-9);
  assert.ok(Math.abs(barrel.gas - gas) < 1e-9);
  assert.ok(Math.abs(barrel.liquid + barrel.gas / barrel.pressure - 2.499) < 1e-6, 'contents fill the volume');
});

test('what leaves the barrel upwards is the mixture that is in it', () => {
  const barrel = new Barrel(2, 70, 1);
  const around = { intakePressure: 15, tubingPressure: 60, gasFraction: 0, slip: 0 };
  let lifted = 0;
  for (let volume = 1.999; volume > 1.7; volume -= 0.001) lifted += barrel.step(0.002, { ...around, volume }).lifted;
  assert.ok(lifted > 0.2, `${lifted} L`);
  assert.ok(Math.abs(1 - barrel.liquid - lifted / 2) < 0.02, `${1 - barrel.liquid} of ${lifted} L was liquid`);
});

test('a barrel that is only compressed gains pressure with every step', () => {
  const barrel = new Barrel(2, 20, 1);
  let last = 0;
  for (let volume = 1.99; volume > 1.8; volume -= 0.01) {
    barrel.step(0.002, { volume, intakePressure: 15, tubingPressure: 70, gasFraction: 0, slip: 0 });
    assert.ok(barrel.pressure > last);
    last = barrel.pressure;
  }
});

test('a valve is open only when its pressure difference opens it, and never both', () => {
  const model = PumpModel.runningWell();
  let [standing, travelling] = [0, 0];
  for (let i = 0; i < 2000; i++) {
    model.advance(0.002);
    if (model.isStandingValveOpen) standing++;
    if (model.isTravellingValveOpen) travelling++;
    assert.ok(!(model.isStandingValveOpen && model.isTravellingValveOpen));
  }
  assert.ok(standing > 600 && travelling > 600, `${standing} and ${travelling} of 2000 steps`);
});

test('gas lock lowers discharge pressure, motor current and flow, and raises intake pressure, within seconds', () => {
  const model = PumpModel.runningWell();
  const before = {
    discharge: observe(model, 4, (pump) => pump.dischargePressure),
    intake: observe(model, 4, (pump) => pump.intakePressure),
    current: observe(model, 4, (pump) => pump.motor.current),
    flow: observe(model, 4, (pump) => pump.flow),
  };
  model.fault = gasLock;
  const discharge = observe(model, 6, (pump) => pump.dischargePressure);
  assert.ok(discharge.min < before.discharge.min - 5, `${discharge.min} bar`);
  assert.ok(observe(model, 4, (pump) => pump.intakePressure).min > before.intake.max);
  assert.ok(observe(model, 4, (pump) => pump.motor.current).max < before.current.min);
  assert.ok(observe(model, 4, (pump) => pump.flow).max < before.flow.min);
});

test('gas lock stays as long as gas comes in', () => {
  const model = PumpModel.runningWell();
  model.fault = gasLock;
  model.advance(40);
  const { mean } = observe(model, 60, (pump) => pump.flow);
  assert.ok(mean < 0.12, `${mean} L/s after 40 s, healthy is 0.42`);
});

test('gas lock shows below 64 bar within five seconds at any point of the stroke', () => {
  for (let phase = 0; phase < 4; phase += 0.25) {
    const model = PumpModel.runningWell();
    model.advance(phase);
    model.fault = gasLock;
    const { min } = observe(model, 5, (pump) => pump.dischargePressure);
    assert.ok(min < 64, `${min} bar after a fault at ${phase} s`);
  }
});

test('wear of the valve costs discharge pressure, the more the worse', () => {
  let last = Infinity;
  for (const wear of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    const model = PumpModel.runningWell();
    model.fault = { gasLock: false, wear };
    model.advance(30);
    const { mean } = observe(model, 8, (pump) => pump.dischargePressure);
    assert.ok(mean < last - 1 || wear === 0, `${mean} bar at wear ${wear}`);
    last = mean;
  }
});

test('a stopped pump stands still, its pressures equalise and its motor cools', () => {
  for (const fault of [gasLock, { gasLock: false, wear: 0 }]) {
    const model = PumpModel.runningWell();
    model.fault = fault;
    model.advance(5);
    model.running = false;
    model.advance(1);
    assert.equal(model.strokeRate, 0);
    const { strokes, plungerHeight } = model;
    const temperature = model.motor.temperature;
    model.advance(180);
    assert.equal(model.strokes, strokes);
    assert.equal(model.plungerHeight, plungerHeight);
    assert.ok(
      Math.abs(model.dischargePressure - model.barrelPressure) < 1,
      `${model.dischargePressure} and ${model.barrelPressure} bar`,
    );
    assert.ok(model.flow < 0.01 && model.motor.current < 0.01);
    assert.ok(model.intakePressure > 23);
    assert.ok(model.motor.temperature < temperature - 10);
  }
});

test('time comes in any portion with the same result', () => {
  const whole = PumpModel.runningWell();
  const pieces = PumpModel.runningWell();
  whole.advance(3.2);
  for (let i = 0; i < 320; i++) pieces.advance(0.01);
  assert.ok(Math.abs(whole.dischargePressure - pieces.dischargePressure) < 0.05);
});

test.run();
