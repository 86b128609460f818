import type { Property } from '../../../sdk/test/lib/event-frames.ts';
import {
  advertisement,
  type BleRequest,
  manufacturerData,
  readBleRequest,
  serviceData,
} from '../../test-lib/ble-payloads.ts';
import { type Json, ModuleRig } from '../../test-lib/module-rig.ts';

export type SensorsRig = ModuleRig<BleRequest>;

export const ADDRESS = '54:48:E6:8F:80:A5';
export const STATUS = {
  ok: 0,
  denied: -2,
  notFound: -5,
  unavailable: -6,
  timeout: -7,
  failed: -10,
  cancelled: -11,
} as const;

export function openSensors(wasm: Uint8Array, settings: Json): SensorsRig {
  return new ModuleRig(wasm, new Map(), readBleRequest).start(settings);
}

/** The module with variables in its environment. */
export function openWithKeys(wasm: Uint8Array, settings: Json, environment: readonly Property[]): SensorsRig {
  return new ModuleRig(wasm, new Map(), readBleRequest).start(settings, environment);
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Lets the module hear data of Ruuvi or BTHome, and returns what it emits. */
export function hear(rig: SensorsRig, format: 'ruuvi' | 'bthome', data: string, address = ADDRESS, rssi = -60): Json[] {
  const structure = format === 'ruuvi' ? manufacturerData(0x0499, hex(data)) : serviceData(0xfcd2, hex(data));
  rig.answer(1, 0, advertisement(address, rssi, structure), 1);
  return rig.take();
}

/** Lets time pass until the twin is up to date, and returns a member of it. */
export function reported(rig: SensorsRig, key: string): Json {
  return rig.advance(305_000).reported[key] as Json;
}
