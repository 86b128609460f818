import { IMPORT_COSTS } from '../../host/src/abi/import-costs.ts';
import { MODULE_LIMITS, type ModuleLimitName, type ModuleLimits } from '../../host/src/limits.ts';
import { prepareModule } from '../../host/src/sandbox/index.ts';
import { methodFrame } from '../../sdk/test/lib/event-frames.ts';
import { DEFAULT_LIMITS } from '../../test/lib/test-cell.ts';
import type { Attack } from '../../test/system/attacks/attack.ts';
import { attackModules } from '../../test/system/attacks/attack-module.ts';

const ROUNDS = 3;

interface Guest {
  readonly memory: WebAssembly.Memory;
  readonly _initialize?: () => void;
  gatehouse_alloc(bytes: number): number;
  gatehouse_handle(pointer: number, bytes: number): number;
}

/**
 * Processor time in milliseconds that the attacking call of each module takes until its code or its budget ends, without a host: what the
 * budget of a call is worth when a module spends it on what is cheapest for it. The least of several calls.
 */
export function timeCalls(attacks: readonly Attack[]): { readonly attack: string; readonly ms: number }[] {
  const modules = attackModules(attacks);
  return attacks.map((attack) => {
    const wasm = modules[attack.name]?.wasm as Uint8Array;
    const limits = { ...DEFAULT_LIMITS, ...grantedLimits(attack) };
    const { bytes, meter } = prepareModule(wasm, { ...limits, importCosts: IMPORT_COSTS });
    const module = new WebAssembly.Module(bytes);
    const times = Array.from({ length: ROUNDS }, () => {
      const { exports } = new WebAssembly.Instance(module, silentImports(module));
      const start = meter.start === undefined ? undefined : (exports[meter.start] as () => void);
      return timeCall(exports as unknown as Guest, start, attack);
    });
    return { attack: attack.name, ms: Math.min(...times) };
  });
}

/** From its start to the end of the attack; most of them trap. */
function timeCall(guest: Guest, start: (() => void) | undefined, { payload }: Attack): number {
  const frame = methodFrame(1, 'attack', payload === undefined ? '' : JSON.stringify(payload));
  const began = process.cpuUsage();
  try {
    start?.();
    guest._initialize?.();
    const inbox = guest.gatehouse_alloc(frame.byteLength);
    new Uint8Array(guest.memory.buffer).set(frame, inbox);
    guest.gatehouse_handle(inbox, frame.byteLength);
  } catch {
    // Its time counts all the same.
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

function grantedLimits({ settings }: Attack): Partial<ModuleLimits> {
  const limits = Object.entries((settings?.['limits'] ?? {}) as Partial<ModuleLimits>);
  return Object.fromEntries(limits.filter(([name]) => Object.hasOwn(MODULE_LIMITS, name as ModuleLimitName)));
}

function silentImports(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const { module: namespace, name } of WebAssembly.Module.imports(module)) {
    imports[namespace] ??= {};
    imports[namespace][name] = () => 0;
  }
  return imports;
}
