import { Barrel } from './barrel.ts';
import { Motor } from './motor.ts';

/** Faults of the machine itself; what goes wrong in a sensor or on the wire is added where the registers are made. */
export interface MachineFault {
  /** The barrel fills with gas from the well. */
  readonly gasLock: boolean;
  /** Wear of the travelling valve: 0 new, 1 leaks as much as a slow stroke lifts. */
  readonly wear: number;
}

export const HEALTHY: MachineFault = { gasLock: false, wear: 0 };

const STEP_SECONDS = 0.002;
const STROKE_METRE = 1.3;
const STROKE_LITRE = 2.0;
const DEAD_LITRE = 1.2; // below the plunger at its lowest point
const NEWTON_PER_BAR = (STROKE_LITRE / STROKE_METRE) * 100;
const COUNTERWEIGHT_NEWTON = NEWTON_PER_BAR * 31;
const STATIC_BAR = 50; // column of liquid and line pressure: what stands on the plunger without flow
const FLOW_LINE = 50; // bar for each litre a second
const TUBING_LITRE_PER_BAR = 0.18; // gas in the tubing and hoses give way
const RESERVOIR_BAR = 24;
const INFLOW = 0.04; // litres a second for each bar below the reservoir's pressure
const ANNULUS_LITRE_PER_BAR = 0.5;
const PLUNGER_SLIP = 0.0025; // litres a second and bar, past a good plunger
const WORN_SLIP = 0.02;
const GAS_SHARE = 0.01;
const GAS_SHARE_LOCKED = 0.97;
const GAS_EXCHANGE = 2.5; // litres a second: how fast a slug of gas takes the place of liquid
const LIQUID_LEFT_LITRE = 0.1;
const WARM_CELSIUS = 61;
const WARM_UP_SECONDS = 40; // ten strokes, after which one is like the other

/**
 * A rod pump in a well: a crank moves a plunger, two valves open by pressure difference, liquid is lifted through a tubing
 * against a static column and a flow line, and the well flows in behind it. Litres, bar, seconds. Time only passes in
 * `advance`, and nothing here is random.
 */
export class PumpModel {
  /** Pressure above the plunger, in bar. */
  dischargePressure = 72;
  /** Pressure in the well at the pump, in bar. */
  intakePressure = 14;
  /** Flow at the surface in litres a second. */
  flow = 0;
  /** Produced at the surface since the start, in litres. */
  produced = 0;
  /** What the well gave since the start, in litres; in the long run as much as was produced. */
  inflow = 0;
  /** Crank angle in radians, growing; 0 is the plunger's lowest point. */
  angle = 0;
  /** Strokes a minute the drive is asked for while it runs. */
  strokeRateTarget = 15;
  /** Whether the drive is on. */
  running = true;
  fault: MachineFault = HEALTHY;
  readonly motor = new Motor();
  readonly barrel = new Barrel(DEAD_LITRE, this.dischargePressure, 0.05);
  #rest = 0;

  /** A pump that has been running well for an hour. */
  static runningWell(): PumpModel {
    const model = new PumpModel();
    model.motor.runWarm(model.#targetSpeed(), WARM_CELSIUS);
    model.advance(WARM_UP_SECONDS);
    model.angle %= 2 * Math.PI;
    model.produced = 0;
    model.inflow = 0;
    return model;
  }

  /** Pressure below the plunger, in bar. */
  get barrelPressure(): number {
    return this.barrel.pressure;
  }

  /** Present strokes a minute. */
  get strokeRate(): number {
    return (this.motor.speed * 60) / (2 * Math.PI);
  }

  /** Complete strokes since the start. */
  get strokes(): number {
    return Math.floor(this.angle / (2 * Math.PI));
  }

  /** Height of the plunger, 0 (lowest) to 1. */
  get plungerHeight(): number {
    return (1 - Math.cos(this.angle)) / 2;
  }

  get isTravellingValveOpen(): boolean {
    return this.barrelPressure > this.dischargePressure;
  }

  get isStandingValveOpen(): boolean {
    return this.barrelPressure < this.intakePressure;
  }

  /** Lets time pass, in small steps; what does not fill a step is kept for the next call. */
  advance(seconds: number): void {
    this.#rest += seconds;
    for (; this.#rest >= STEP_SECONDS; this.#rest -= STEP_SECONDS) this.#step();
  }

  #targetSpeed(): number {
    return this.running ? (this.strokeRateTarget / 60) * 2 * Math.PI : 0;
  }

  #step(): void {
    const before = this.plungerHeight;
    this.angle += this.motor.speed * STEP_SECONDS;
    const raised = this.plungerHeight - before;
    const loadNewton = NEWTON_PER_BAR * (this.dischargePressure - this.barrelPressure) - COUNTERWEIGHT_NEWTON;
    const loadWatt = (loadNewton * raised * STROKE_METRE) / STEP_SECONDS;
    this.motor.step(STEP_SECONDS, this.#targetSpeed(), loadWatt);
    if (this.fault.gasLock) this.barrel.exchangeForGas(GAS_EXCHANGE * STEP_SECONDS, LIQUID_LEFT_LITRE);
    const through = this.barrel.step(STEP_SECONDS, {
      volume: DEAD_LITRE + STROKE_LITRE * this.plungerHeight,
      intakePressure: this.intakePressure,
      tubingPressure: this.dischargePressure,
      gasFraction: this.fault.gasLock ? GAS_SHARE_LOCKED : GAS_SHARE,
      slip: PLUNGER_SLIP + WORN_SLIP * this.fault.wear,
    });
    this.flow = Math.max(0, this.dischargePressure - STATIC_BAR) / FLOW_LINE; // a check valve at the surface lets nothing back
    const out = this.flow * STEP_SECONDS;
    const inflow = INFLOW * (RESERVOIR_BAR - this.intakePressure) * STEP_SECONDS;
    const displaced = STROKE_LITRE * raised;
    this.dischargePressure += (displaced + through.lifted - through.slipped - out) / TUBING_LITRE_PER_BAR;
    this.intakePressure += (inflow - through.drawn) / ANNULUS_LITRE_PER_BAR;
    this.produced += out;
    this.inflow += inflow;
  }
}
