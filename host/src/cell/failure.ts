import type { TrapFrame } from '../bridge/frames.ts';
import { type ErrorCode, GatehouseError } from '../errors.ts';
import type { ModuleSlot } from './module-slot.ts';

/** Why an instance ended: a trap, after which another start may help, or a module that does not fit this host. */
export interface Failure {
  readonly kind: 'trap' | 'unfit';
  readonly code: ErrorCode;
  readonly text: string;
  /** Where it trapped, innermost first. */
  readonly frames?: readonly TrapFrame[];
}

/** The host shows some of those that are the author's. */
const FRAMES_MAX = 8;
/** What is said of a failure must find room in the ring to the host. */
const TEXT_CHARACTERS = 2_048;

/** Turns whatever a call into a guest threw into what an author can act on: the words of an abort, or the trap and where it was. */
export function describeFailure(error: unknown, slot: ModuleSlot): Failure {
  const failure = explain(error, slot);
  const { text } = failure;
  return text.length <= TEXT_CHARACTERS ? failure : { ...failure, text: `${text.slice(0, TEXT_CHARACTERS - 3)}...` };
}

function explain(error: unknown, slot: ModuleSlot): Failure {
  const words = slot.abortWords;
  slot.abortWords = undefined;
  const cause = error instanceof WebAssembly.RuntimeError ? slot.instance?.meter.stopCause : undefined;
  if (cause === 'fuel') return { kind: 'trap', code: 'MODULE_OUT_OF_FUEL', ...overLimit(slot, error, 'fuelPerCall') };
  if (cause === 'stack') return { kind: 'trap', code: 'MODULE_OUT_OF_STACK', ...overLimit(slot, error, 'stackBytes') };
  if (words !== undefined) return { kind: 'trap', code: 'MODULE_ABORTED', text: words };
  if (error instanceof GatehouseError)
    return { kind: error.code === 'MODULE_BAD_INBOX' ? 'trap' : 'unfit', code: error.code, text: error.message };
  if (error instanceof WebAssembly.CompileError) return { kind: 'unfit', code: 'WASM_MALFORMED', text: error.message };
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
    return { kind: 'trap', code: 'MODULE_TRAPPED', text: error.message, frames: guestFrames(error) };
  throw error;
}

function overLimit(
  { spec }: ModuleSlot,
  error: unknown,
  limit: 'fuelPerCall' | 'stackBytes',
): Pick<Failure, 'text' | 'frames'> {
  const what = limit === 'fuelPerCall' ? 'units of fuel' : 'bytes of stack';
  return { text: `more than ${spec.limits[limit]} ${what} in one call`, frames: guestFrames(error as Error) };
}

/** The functions of the guest that were running, from the engine's stack trace: the module itself has no names any more. */
function guestFrames(error: Error): TrapFrame[] {
  const found = (error.stack ?? '').matchAll(/wasm-function\[(\d{1,7})\]:0x([0-9a-f]{1,8})\b/g);
  return [...found].slice(0, FRAMES_MAX).map(([, index, offset]) => ({
    function: Number(index),
    offset: Number.parseInt(offset as string, 16),
  }));
}
