import type { CellTime } from '../cell-time.ts';
import type { GuestMemory } from '../guest-memory.ts';
import type { ModuleSlot } from '../module-slot.ts';
import type { Notices } from '../notices.ts';
import type { Outputs } from '../outputs.ts';
import type { Transaction } from '../transaction.ts';

/** What the import functions of one instance work on. They run while the guest waits, and never call back into it. */
export interface ImportContext {
  readonly slot: ModuleSlot;
  readonly transaction: Transaction;
  /** Takes what is not part of a transaction: log lines. */
  readonly notices: Notices;
  /** Set once the instance exists; before that no transaction is open, so no import gets as far as using it. */
  memory: GuestMemory | undefined;
  /** Time of the event at hand. */
  readonly time: CellTime;
  readonly outputs: Outputs;
}

/** An import function: all parameters and the result are 32-bit integers, signed as WebAssembly hands them over. */
export type ImportFunction = (...parameters: number[]) => number;
export type ImportNamespace = Record<string, ImportFunction>;

/** The memory of the instance when an event of this module is at hand, which is when imports may be used [ABI-4.11]. */
export function memoryOf(context: ImportContext): GuestMemory | undefined {
  if (context.transaction.slot !== context.slot) return undefined;
  context.slot.counters.hostCalls++;
  context.memory?.refresh();
  return context.memory;
}
