import type { Clock, Timer } from '../clock.ts';
import type { LeafMessage, SendMessage } from '../leaf-message.ts';

/** How soon is looked for room again; while there is none anywhere, the delay doubles. */
const RETRY = { firstMs: 1, maxMs: 32 } as const;
/** Lanes in a row without room after which the others wait for the next look. */
const REFUSALS_MAX = 8;

interface Held {
  readonly send: SendMessage;
  readonly bytes: number;
  readonly taken: () => void;
}

/**
 * Messages of leaf devices on their way into the routes. While an input lets its senders wait, the messages of one sender
 * stay in its lane, in their order; who owns the lane reads no further when that is long.
 */
export class Intake {
  readonly #clock: Clock;
  readonly #prepare: (message: LeafMessage) => SendMessage;
  readonly #lanes = new Set<Lane>();
  #retry: Timer | undefined;
  #delayMs: number = RETRY.firstMs;

  constructor(clock: Clock, prepare: (message: LeafMessage) => SendMessage) {
    this.#clock = clock;
    this.#prepare = prepare;
  }

  openLane(): Lane {
    return new Lane(this.#prepare, (lane) => this.#wait(lane));
  }

  /** Forgets a lane with all that waits in it, of which nobody is told. */
  close(lane: Lane): void {
    this.#lanes.delete(lane);
    lane.clear();
    if (this.#lanes.size > 0) return;
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  #wait(lane: Lane): void {
    this.#lanes.add(lane);
    this.#retry ??= this.#clock.after(this.#delayMs, () => this.#look());
  }

  #look(): void {
    this.#retry = undefined;
    let refusals = 0;
    let hasSent = false;
    const refused: Lane[] = [];
    const served: Lane[] = [];
    for (const lane of [...this.#lanes]) {
      const sent = lane.sendHeld();
      hasSent ||= sent;
      this.#lanes.delete(lane);
      if (lane.waiting > 0) (sent ? served : refused).push(lane);
      refusals = sent ? 0 : refusals + 1;
      if (refusals >= REFUSALS_MAX) break;
    }
    // In front come those that were not looked at, which the others must not hide; none is first for ever that got something.
    for (const lane of [...refused, ...served]) this.#lanes.add(lane);
    this.#delayMs = hasSent ? RETRY.firstMs : Math.min(2 * this.#delayMs, RETRY.maxMs);
    if (this.#lanes.size > 0) this.#retry ??= this.#clock.after(this.#delayMs, () => this.#look());
  }
}

/** The messages of one sender. */
export class Lane {
  readonly #prepare: (message: LeafMessage) => SendMessage;
  readonly #onWait: (lane: Lane) => void;
  readonly #held: Held[] = [];
  #heldBytes = 0;

  constructor(prepare: (message: LeafMessage) => SendMessage, onWait: (lane: Lane) => void) {
    this.#prepare = prepare;
    this.#onWait = onWait;
  }

  /** Messages that wait for room. */
  get waiting(): number {
    return this.#held.length;
  }

  get waitingBytes(): number {
    return this.#heldBytes;
  }

  /** Sends a message, now or when there is room for it and all before it; `taken` is called then. */
  offer(message: LeafMessage, taken: () => void): void {
    const send = this.#prepare(message);
    if (this.#held.length === 0 && send()) {
      taken();
      return;
    }
    const bytes = message.body.byteLength;
    this.#held.push({ send, bytes, taken });
    this.#heldBytes += bytes;
    this.#onWait(this);
  }

  /** Sends what waits, as far as there is room; whether anything left. */
  sendHeld(): boolean {
    let hasSent = false;
    for (let first = this.#held[0]; first?.send(); first = this.#held[0]) {
      this.#held.shift();
      this.#heldBytes -= first.bytes;
      hasSent = true;
      first.taken();
    }
    return hasSent;
  }

  clear(): void {
    this.#held.length = 0;
    this.#heldBytes = 0;
  }
}
