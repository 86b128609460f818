import { type FaultEffect, type FaultPlan, faultEffect, isFaultActive } from './fault-plan.ts';
import { PumpModel } from './pump-model.ts';
import { gaussian, type Random } from './random.ts';
import { decodeRegister, encodeRegister } from './register-codec.ts';
import {
  COIL,
  COIL_COUNT,
  DISCRETE,
  DISCRETE_COUNT,
  INPUT_REGISTER_COUNT,
  LIMITS,
  MEASUREMENTS,
  type MeasurementName,
  RUN_STATE,
  SETPOINTS,
} from './register-map.ts';

/** What happened in the pump, with `atMs` since the start of the simulator by its own monotonic clock. */
export type PumpEvent =
  | { kind: 'fault'; fault: string; active: boolean; atMs: number }
  | { kind: 'limit-crossed'; name: string; register: string; value: number; limit: number; unit: string; atMs: number }
  | { kind: 'coil-written'; address: number; value: 0 | 1; sinceLimitMs: number | null; atMs: number }
  | { kind: 'register-written'; address: number; value: number; atMs: number }
  | { kind: 'stopped'; cause: 'stop-coil' | 'run-coil'; afterMs: number; atMs: number };

/** A request that the pump refuses; `ServerTCP` of modbus-serial turns the code into a Modbus exception. */
export class ModbusException extends Error {
  override readonly name = 'ModbusException';
  readonly modbusErrorCode: 2 | 3 | 4;

  constructor(modbusErrorCode: 2 | 3 | 4, message: string) {
    super(message);
    this.modbusErrorCode = modbusErrorCode;
  }
}

export interface PumpDeviceOptions {
  readonly plan: FaultPlan;
  readonly random: Random;
  /** Milliseconds of a clock that never steps back. */
  readonly now: () => number;
  readonly onEvent: (event: PumpEvent) => void;
}

const ARM_SECONDS = 20; // after a start the limits do not count until pressure has built up
const ADVANCE_MAX_SECONDS = 1; // after a suspended process, time is skipped instead of caught up

/** The pump as its controller shows it: registers and coils over the machine, refreshed by `tick`. */
export class PumpDevice {
  readonly model = PumpModel.runningWell();
  /** Input registers as of the last tick. */
  readonly inputs = new Uint16Array(INPUT_REGISTER_COUNT);
  /** Holding registers: setpoints in counts. */
  readonly holdings = new Uint16Array(SETPOINTS.length);
  readonly #options: PumpDeviceOptions;
  readonly #startedMs: number;
  #tickedMs: number;
  #effect: FaultEffect;
  #isFaultShown = false;
  #isStopLatched = false;
  #armedMs = 0;
  #firstLimitMs: number | undefined;
  #offSince: { ms: number; cause: 'stop-coil' | 'run-coil' } | undefined;
  readonly #exceeded = new Set<string>();

  constructor(options: PumpDeviceOptions) {
    this.#options = options;
    this.#startedMs = options.now();
    this.#tickedMs = this.#startedMs;
    this.#effect = faultEffect(options.plan, 0);
    for (const { address, scale, default: value } of SETPOINTS)
      encodeRegister(this.holdings, address, 'u16', value, scale);
    this.#showMeasurements();
  }

  /** Whether requests go unanswered at present. */
  get isSilent(): boolean {
    return this.#effect.isSilent;
  }

  /** Lets the machine live up to now, then refreshes the registers and judges them. Call it every 10 ms or so. */
  tick(): void {
    const now = this.#options.now();
    this.model.advance(Math.min(ADVANCE_MAX_SECONDS, (now - this.#tickedMs) / 1000));
    this.#tickedMs = now;
    const seconds = (now - this.#startedMs) / 1000;
    this.#effect = faultEffect(this.#options.plan, seconds);
    this.model.fault = this.#effect.machine;
    const active = isFaultActive(this.#options.plan, seconds);
    if (active !== this.#isFaultShown) {
      this.#isFaultShown = active;
      this.#options.onEvent({ kind: 'fault', fault: this.#options.plan.fault, active, atMs: this.#atMs() });
    }
    this.#showMeasurements();
    this.#judge();
    if (this.#offSince !== undefined && this.model.motor.speed === 0) {
      const { ms, cause } = this.#offSince;
      this.#offSince = undefined;
      this.#options.onEvent({ kind: 'stopped', cause, afterMs: round(now - ms), atMs: this.#atMs() });
    }
  }

  readInputs(address: number, count: number): number[] {
    return slice(this.inputs, address, count);
  }

  readHoldings(address: number, count: number): number[] {
    return slice(this.holdings, address, count);
  }

  readCoil(address: number): boolean {
    checkRange(address, 1, COIL_COUNT);
    return address === COIL.run ? this.model.running : this.#isStopLatched;
  }

  readDiscrete(address: number): boolean {
    checkRange(address, 1, DISCRETE_COUNT);
    const states: Record<number, boolean> = {
      [DISCRETE.driveOn]: this.model.running,
      [DISCRETE.stopLatched]: this.#isStopLatched,
      [DISCRETE.limitExceeded]: this.#exceeded.size > 0,
      [DISCRETE.travellingValveOpen]: this.model.isTravellingValveOpen,
      [DISCRETE.standingValveOpen]: this.model.isStandingValveOpen,
    };
    return states[address] ?? false;
  }

  /** `stop` = 1 latches a stop, = 0 releases the latch without a start; `run` starts and stops, and cannot start against the latch. */
  writeCoil(address: number, on: boolean): void {
    checkRange(address, 1, COIL_COUNT);
    if (address === COIL.run && on && this.#isStopLatched) {
      throw new ModbusException(4, 'the stop is latched: release coil 1 first');
    }
    const now = this.#options.now();
    const sinceLimitMs = this.#firstLimitMs === undefined ? null : round(now - this.#firstLimitMs);
    this.#options.onEvent({ kind: 'coil-written', address, value: on ? 1 : 0, sinceLimitMs, atMs: this.#atMs() });
    if (address === COIL.stop) this.#isStopLatched = on;
    if (address === COIL.run ? on : false) this.#start(now);
    if (address === COIL.run ? !on : on) this.#stop(now, address === COIL.run ? 'run-coil' : 'stop-coil');
  }

  writeHolding(address: number, count: number): void {
    checkRange(address, 1, this.holdings.length);
    const setpoint = SETPOINTS[address]!;
    const value = count * setpoint.scale;
    if (value < setpoint.min || value > setpoint.max) {
      throw new ModbusException(
        3,
        `${setpoint.name} takes ${setpoint.min} to ${setpoint.max} ${setpoint.unit}, not ${value}`,
      );
    }
    this.holdings[address] = count;
    if (setpoint.name === 'strokeRateTarget') this.model.strokeRateTarget = value;
    this.#options.onEvent({ kind: 'register-written', address, value: count, atMs: this.#atMs() });
  }

  /** A measurement as the registers show it, in its unit. */
  measured(name: MeasurementName): number {
    const { address, format, scale } = MEASUREMENTS.find((measurement) => measurement.name === name)!;
    return decodeRegister(this.inputs, address, format, scale);
  }

  #start(now: number): void {
    if (this.model.running) return;
    this.model.running = true;
    this.#offSince = undefined;
    this.#firstLimitMs = undefined;
    this.#exceeded.clear();
    this.#armedMs = now + ARM_SECONDS * 1000;
  }

  #stop(now: number, cause: 'stop-coil' | 'run-coil'): void {
    if (!this.model.running) return;
    this.model.running = false;
    this.#offSince = { ms: now, cause };
  }

  #showMeasurements(): void {
    const { model } = this;
    const values: Record<MeasurementName, number> = {
      dischargePressure: model.dischargePressure,
      barrelPressure: model.barrelPressure,
      intakePressure: model.intakePressure,
      motorCurrent: model.motor.current,
      strokeRate: model.strokeRate,
      motorTemperature: model.motor.temperature,
      plungerPosition: model.plungerHeight * 100,
      runState: model.running ? RUN_STATE.running : model.motor.speed > 0 ? RUN_STATE.braking : RUN_STATE.stopped,
      flow: model.flow * 60,
      producedVolume: model.produced,
      strokes: model.strokes,
    };
    for (const { name, address, format, scale, noise } of MEASUREMENTS) {
      if (name === 'dischargePressure' && this.#effect.isSensorStuck) continue;
      const seen = values[name] + (noise > 0 ? gaussian(this.#options.random, noise) : 0);
      encodeRegister(this.inputs, address, format, seen, scale);
    }
  }

  /** The limits watch a drive that is on; pressures of a stopped pump leave them by nature. */
  #judge(): void {
    const now = this.#options.now();
    if (!this.model.running || now < this.#armedMs) return;
    for (const { measurement, setpoint, side } of LIMITS) {
      const { address, unit, scale } = MEASUREMENTS.find(({ name }) => name === measurement)!;
      const limitAddress = SETPOINTS.findIndex(({ name }) => name === setpoint);
      const counts = this.inputs[address]!;
      const limit = this.holdings[limitAddress]!; // limits are counts of the same scale as what they limit
      if (this.#exceeded.has(measurement) || (side === 'min' ? counts >= limit : counts <= limit)) continue;
      this.#exceeded.add(measurement);
      this.#firstLimitMs ??= now;
      this.#options.onEvent({
        kind: 'limit-crossed',
        name: measurement,
        register: `input:${address}`,
        value: round(counts * scale),
        limit: round(limit * scale),
        unit,
        atMs: this.#atMs(),
      });
    }
  }

  #atMs(): number {
    return round(this.#options.now() - this.#startedMs);
  }
}

function slice(registers: Uint16Array, address: number, count: number): number[] {
  checkRange(address, count, registers.length);
  return Array.from(registers.subarray(address, address + count));
}

function checkRange(address: number, count: number, size: number): void {
  if (address + count > size)
    throw new ModbusException(2, `address ${address + count - 1} does not exist, the last one is ${size - 1}`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
