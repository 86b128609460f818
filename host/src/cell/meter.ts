import type { MeterNames } from './cell-image.ts';

/** Why a call that threw ended: by the guest's own trap, or because fuel or stack of one call were used up. */
export type StopCause = 'trap' | 'fuel' | 'stack';

const CAUSES: readonly StopCause[] = ['trap', 'fuel', 'stack'];

/** Reads what the sandbox counts inside an instance. Guests cannot reach it. */
export class Meter {
  readonly #takeFuel: () => number;
  readonly #stopReason: () => number;

  /** @param names absent for a module that is not metered, in tests: it uses no fuel */
  constructor(exports: WebAssembly.Exports, names: MeterNames | undefined) {
    this.#takeFuel = names === undefined ? nothing : (exports[names.takeFuel] as () => number);
    this.#stopReason = names === undefined ? nothing : (exports[names.stopReason] as () => number);
  }

  /** Fuel of all calls that have returned since this was asked last. A call that threw is not among them. */
  takeFuel(): number {
    return this.#takeFuel();
  }

  /** Asked after a call that threw. */
  get stopCause(): StopCause {
    return CAUSES[this.#stopReason()] ?? 'trap';
  }
}

const nothing = (): number => 0;
