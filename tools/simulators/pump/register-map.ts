import type { RegisterFormat } from './register-codec.ts';

/** One measurement in the input registers. README.md shows the same table. */
export interface Measurement {
  readonly name: string;
  readonly address: number;
  readonly format: RegisterFormat;
  /** What one count is worth in `unit`. */
  readonly scale: number;
  readonly unit: string;
  /** Noise of the sensor, as standard deviation in `unit`. */
  readonly noise: number;
}

/** Input registers (function code 4), all updated together. */
export const MEASUREMENTS = [
  { name: 'dischargePressure', address: 0, format: 'u16', scale: 0.01, unit: 'bar', noise: 0.06 },
  { name: 'barrelPressure', address: 1, format: 'u16', scale: 0.01, unit: 'bar', noise: 0.06 },
  { name: 'intakePressure', address: 2, format: 'u16', scale: 0.01, unit: 'bar', noise: 0.03 },
  { name: 'motorCurrent', address: 3, format: 'u16', scale: 0.01, unit: 'A', noise: 0.03 },
  { name: 'strokeRate', address: 4, format: 'u16', scale: 0.01, unit: '1/min', noise: 0 },
  { name: 'motorTemperature', address: 5, format: 's16', scale: 0.1, unit: 'Cel', noise: 0.05 },
  { name: 'plungerPosition', address: 6, format: 'u16', scale: 0.1, unit: '%', noise: 0 },
  { name: 'runState', address: 7, format: 'u16', scale: 1, unit: '', noise: 0 },
  { name: 'flow', address: 8, format: 'f32-high-first', scale: 1, unit: 'L/min', noise: 0.05 },
  { name: 'producedVolume', address: 10, format: 'f32-low-first', scale: 1, unit: 'L', noise: 0 },
  { name: 'strokes', address: 12, format: 'u32-high-first', scale: 1, unit: '', noise: 0 },
] as const satisfies readonly Measurement[];

export type MeasurementName = (typeof MEASUREMENTS)[number]['name'];
export const INPUT_REGISTER_COUNT = 14;

/** Values of the input register `runState`. */
export const RUN_STATE = { stopped: 0, running: 1, braking: 2 } as const;

/** One setpoint in the holding registers: counts outside `min..max` are refused with exception 3. */
export interface Setpoint {
  readonly name: string;
  readonly address: number;
  readonly scale: number;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** Holding registers (function codes 3, 6, 16). */
export const SETPOINTS = [
  { name: 'strokeRateTarget', address: 0, scale: 0.01, unit: '1/min', default: 15, min: 6, max: 18 },
  { name: 'dischargePressureMin', address: 1, scale: 0.01, unit: 'bar', default: 64, min: 0, max: 200 },
  { name: 'intakePressureMax', address: 2, scale: 0.01, unit: 'bar', default: 17, min: 0, max: 200 },
  { name: 'motorCurrentMin', address: 3, scale: 0.01, unit: 'A', default: 3.5, min: 0, max: 20 },
] as const satisfies readonly Setpoint[];

export type SetpointName = (typeof SETPOINTS)[number]['name'];

/** Which setpoint limits which measurement, and on which side. */
export const LIMITS = [
  { measurement: 'dischargePressure', setpoint: 'dischargePressureMin', side: 'min' },
  { measurement: 'intakePressure', setpoint: 'intakePressureMax', side: 'max' },
  { measurement: 'motorCurrent', setpoint: 'motorCurrentMin', side: 'min' },
] as const satisfies readonly { measurement: MeasurementName; setpoint: SetpointName; side: 'min' | 'max' }[];

/** Coils (function codes 1, 5, 15). */
export const COIL = { run: 0, stop: 1 } as const;
export const COIL_COUNT = 2;

/** Discrete inputs (function code 2). */
export const DISCRETE = {
  driveOn: 0,
  stopLatched: 1,
  limitExceeded: 2,
  travellingValveOpen: 3,
  standingValveOpen: 4,
} as const;
export const DISCRETE_COUNT = 5;
