import type { Clock, Timer } from '../../clock.ts';
import type { Radio } from './radio.ts';

export type ScanMode = 'active' | 'passive';

export interface ScanControlOptions {
  readonly radio: Radio;
  readonly clock: Clock;
  /** What the radio does has come to be what it should do, or not yet. */
  readonly changed: () => void;
  /** The radio does not do what it is told. */
  readonly stuck: (what: string) => void;
}

const ANSWER_MS = 2_000;

/** Makes a radio scan as it should, one command at a time. */
export class ScanControl {
  readonly #options: ScanControlOptions;
  #wanted: ScanMode | undefined;
  /** What was last begun. */
  #mode: ScanMode | undefined;
  #isSettled = true;
  #deadline: Timer | undefined;

  constructor(options: ScanControlOptions) {
    this.#options = options;
  }

  get mode(): ScanMode | undefined {
    return this.#mode;
  }

  get isOff(): boolean {
    return this.#mode === undefined && this.#isSettled;
  }

  set(mode: ScanMode | undefined): void {
    this.#wanted = mode;
    this.#work();
  }

  /** What the radio says; it may also stop by itself. */
  report(isOn: boolean): void {
    if (this.#isSettled ? isOn || this.#mode === undefined : isOn !== (this.#mode !== undefined)) return;
    this.#deadline?.cancel();
    this.#isSettled = true;
    if (!isOn) this.#mode = undefined;
    this.#work();
    this.#options.changed();
  }

  close(): void {
    this.#deadline?.cancel();
  }

  #work(): void {
    if (!this.#isSettled || this.#mode === this.#wanted) return;
    const { radio, clock, stuck } = this.#options;
    this.#isSettled = false;
    // A scan of another kind begins when the one before has ended.
    const isStart = this.#mode === undefined;
    this.#mode = isStart ? this.#wanted : undefined;
    this.#deadline = clock.after(ANSWER_MS, () => stuck(isStart ? 'does not begin a scan' : 'does not end a scan'));
    if (isStart) radio.startScan({ isActive: this.#wanted === 'active', repeats: true });
    else radio.stopScan();
  }
}
