import { type Json, ModuleRig } from '../../test-lib/module-rig.ts';
import { readSerialRequest, type SerialRequest } from '../../test-lib/serial-payloads.ts';

export type NmeaRig = ModuleRig<SerialRequest>;

/** The module, subscribed to a port `gps` unless the settings say otherwise. */
export function openNmea(wasm: Uint8Array, settings: Json = { device: 'gps' }): NmeaRig {
  return new ModuleRig(wasm, new Map(), readSerialRequest).start(settings);
}

/** A sentence with the checksum that it has to have. */
export function sentence(body: string): string {
  let sum = 0;
  for (const byte of Buffer.from(body)) sum ^= byte;
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** What the module emits for one frame, or for each of several. */
export function emit(rig: NmeaRig, ...frames: (string | Uint8Array)[]): Json[] {
  for (const frame of frames) rig.answer(1, 0, Buffer.from(frame as string, 'latin1'));
  return rig.take();
}

/** The counters in the twin, brought up to date. */
export function counters(rig: NmeaRig): Json {
  rig.advance(305_000);
  return rig.reported['line'] as Json;
}
