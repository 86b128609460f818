import type { MeterNames } from '../cell/cell-image.ts';

/**
 * A module file made ready to run under some limits. Modules that have the same file and the same limits share one, so that a
 * thousand of them cost the memory and the preparation of a few.
 */
export interface ModuleImage {
  /** The module to compile: validated, rewritten, memory and tables capped to the limits. */
  readonly wasm: Uint8Array;
  /** How to read its meter. */
  readonly meter?: MeterNames;
}
