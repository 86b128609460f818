import type { Clock, Timer } from '../clock.ts';
import type { Framer, FramerEvents } from './framer.ts';

/** Frames between which the line is silent for some time. */
export class SilenceFramer implements Framer {
  readonly #gapMs: number;
  readonly #clock: Clock;
  readonly #events: FramerEvents;
  readonly #buffer: Uint8Array;
  #length = 0;
  #isTooLong = false;
  #silence: Timer | undefined;

  constructor(gapMs: number, frameBytes: number, clock: Clock, events: FramerEvents) {
    this.#gapMs = gapMs;
    this.#clock = clock;
    this.#events = events;
    this.#buffer = new Uint8Array(frameBytes);
  }

  push(bytes: Uint8Array): void {
    this.#silence?.cancel();
    const room = this.#buffer.byteLength - this.#length;
    if (bytes.byteLength > room) this.#isTooLong = true;
    const taken = bytes.subarray(0, room);
    this.#buffer.set(taken, this.#length);
    this.#length += taken.byteLength;
    this.#silence = this.#clock.after(this.#gapMs, () => this.#end());
  }

  reset(): void {
    this.#silence?.cancel();
    this.#silence = undefined;
    this.#length = 0;
    this.#isTooLong = false;
  }

  #end(): void {
    const frame = this.#buffer.slice(0, this.#length);
    const isTooLong = this.#isTooLong;
    this.reset();
    if (isTooLong) this.#events.noise();
    else this.#events.frame(frame);
  }
}
