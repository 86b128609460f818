import type { MeterNames } from '../cell/cell-image.ts';
import type { TraceSource } from '../trace/index.ts';

/**
 * A module file made ready to run under some limits. Modules that have the same file and the same limits share one, so that a
 * thousand of them cost the memory and the preparation of a few.
 */
export interface ModuleImage {
  /** The module to compile: validated, rewritten, memory and tables capped to the limits. */
  readonly wasm: Uint8Array;
  /** How to read its meter. */
  readonly meter: MeterNames;
  /** By which a trap is told in the words of the author. */
  readonly trace: TraceSource;
}
