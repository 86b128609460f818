import type { Clock, Timer } from '../clock.ts';
import type { Framing } from './config.ts';
import type { Framer, FramerEvents } from './framer.ts';

/** A frame whose rest does not come within this time has lost its rest. */
const REST_MS = 200;

/**
 * Frames that say how long they are. After a length that cannot be, or a rest that does not come, nobody knows where the next one begins,
 * so everything is thrown away until the line is silent.
 */
export class LengthFramer implements Framer {
  readonly #framing: Extract<Framing, { type: 'length' }>;
  readonly #clock: Clock;
  readonly #events: FramerEvents;
  readonly #buffer: Uint8Array;
  #length = 0;
  #isLost = false;
  #silence: Timer | undefined;

  constructor(framing: Extract<Framing, { type: 'length' }>, frameBytes: number, clock: Clock, events: FramerEvents) {
    this.#framing = framing;
    this.#clock = clock;
    this.#events = events;
    this.#buffer = new Uint8Array(Math.max(frameBytes, framing.offset + framing.bytes));
  }

  push(bytes: Uint8Array): void {
    this.#silence?.cancel();
    this.#silence = undefined;
    for (let at = 0; at < bytes.byteLength && !this.#isLost; at++) this.#take(bytes[at] as number);
    if (this.#length > 0 || this.#isLost) this.#silence = this.#clock.after(REST_MS, () => this.#fallSilent());
  }

  reset(): void {
    this.#silence?.cancel();
    this.#silence = undefined;
    this.#length = 0;
    this.#isLost = false;
  }

  #take(byte: number): void {
    this.#buffer[this.#length++] = byte;
    const { offset, bytes } = this.#framing;
    if (this.#length < offset + bytes) return;
    const whole = this.#wholeBytes();
    if (whole < offset + bytes || whole > this.#buffer.byteLength) {
      this.#isLost = true;
      this.#events.noise();
    } else if (this.#length === whole) {
      this.#length = 0;
      this.#events.frame(this.#buffer.slice(0, whole));
    }
  }

  #wholeBytes(): number {
    const { offset, bytes, order, adds } = this.#framing;
    let value = 0;
    for (let at = 0; at < bytes; at++)
      value = value * 256 + (this.#buffer[offset + (order === 'big' ? at : bytes - 1 - at)] as number);
    return value + adds;
  }

  #fallSilent(): void {
    const isTorn = !this.#isLost;
    this.reset();
    if (isTorn) this.#events.noise();
  }
}
