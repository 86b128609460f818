import { backOffDelays } from '../../back-off.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { OpenRadio, Radio, RadioConfig, RadioEvents } from './radio.ts';

const ATTEMPTS = { firstMs: 0, startMs: 500, maxMs: 30_000 };
/** A radio that is not ready by then is opened anew. */
const READY_MS = 10_000;

export interface RadioKeeperOptions {
  readonly config: RadioConfig;
  readonly openRadio: OpenRadio;
  readonly clock: Clock;
  readonly random: () => number;
  readonly up: (radio: Radio) => void;
  /** It was lost, or could not be opened. */
  readonly down: (reason: string) => void;
  /** What the radio says while it is there. */
  readonly events: Omit<RadioEvents, 'ready' | 'lost'>;
}

/** Keeps a radio open for ever: after each loss a new one, because a library that has lost its controller may not find it again. */
export class RadioKeeper {
  readonly #options: RadioKeeperOptions;
  #delays: Iterator<number, never>;
  #radio: Radio | undefined;
  #isReady = false;
  #timer: Timer | undefined;
  #closed: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: RadioKeeperOptions) {
    this.#options = options;
    this.#delays = backOffDelays(ATTEMPTS, options.random);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  open(): void {
    const { clock } = this.#options;
    this.#timer = clock.after(this.#delays.next().value, () => {
      void this.#closed.then(() => this.#open());
    });
  }

  /** Gives the radio up, and opens another. */
  lose(reason: string): void {
    if (this.#isOver || this.#radio === undefined) return;
    this.#closed = this.#drop();
    this.#options.down(reason);
    this.open();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all([this.#closed, this.#drop()]);
  }

  #open(): void {
    if (this.#isOver) return;
    const { config, openRadio, clock, events } = this.#options;
    const isCurrent = (): boolean => this.#radio === radio && !this.#isOver;
    this.#timer = clock.after(READY_MS, () => this.lose('it is not there, or does not answer'));
    const radio: Radio = openRadio(config, {
      ready: () => isCurrent() && this.#ready(radio),
      lost: (reason) => isCurrent() && this.lose(reason),
      scanning: (isOn) => isCurrent() && events.scanning(isOn),
      advertised: (advertisement) => isCurrent() && events.advertised(advertisement),
      connected: (link) => isCurrent() && events.connected(link),
      connectFailed: (reason) => isCurrent() && events.connectFailed(reason),
    });
    this.#radio = radio;
  }

  #ready(radio: Radio): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#timer?.cancel();
    this.#delays = backOffDelays(ATTEMPTS, this.#options.random);
    // One that is ready and lost again and again is not opened without a pause.
    this.#delays.next();
    this.#options.up(radio);
  }

  async #drop(): Promise<void> {
    const radio = this.#radio;
    this.#radio = undefined;
    this.#isReady = false;
    this.#timer?.cancel();
    await radio?.close();
  }
}
