import { type HttpPayload, readHttpRequest } from '../../../sdk/test/lib/http-payload.ts';
import { type Json, ModuleRig } from '../../test-lib/module-rig.ts';

export type HookRig = ModuleRig<HttpPayload>;

/** The module with the state that an instance before it left. */
export function openHook(wasm: Uint8Array, settings: Json, state?: Map<string, Buffer>): HookRig {
  return new ModuleRig(wasm, state ?? new Map(), readHttpRequest).start(settings);
}
