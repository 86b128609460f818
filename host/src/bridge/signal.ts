import { availableParallelism } from 'node:os';

const CELL = 0;
const HOST = 1;

/** How long a thread looks for the other one before it goes to sleep: about what falling asleep and waking costs. */
const SPIN_MS = 0.05;
/** A spin that was in vain is not tried again for so many times. */
const RESTRAINT = 16;
const CAN_SPIN = availableParallelism() > 1;

/**
 * How the two threads wake each other. The cell sleeps on a shared word; the host lives in an event loop and is woken
 * by a message, at most one for each time it looks.
 */
export class Signal {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  #restraint = 0;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Host: something is in a ring or port of the cell. */
  wakeCell(): void {
    Atomics.add(this.#words, CELL, 1);
    Atomics.notify(this.#words, CELL);
  }

  /** Cell: the state to sleep on; read before looking for work, so that nothing arrives unseen in between. */
  get cellCount(): number {
    return Atomics.load(this.#words, CELL);
  }

  /**
   * Cell: sleeps until the host calls `wakeCell` after `seen` was read, or for `timeoutMs`. In a dialogue with a device
   * the next answer comes so soon that looking for it for a moment first saves both threads the way through the kernel.
   */
  sleep(seen: number, timeoutMs: number): void {
    if (this.#spin(() => this.cellCount !== seen)) return;
    const began = performance.now();
    Atomics.wait(this.#words, CELL, seen, timeoutMs);
    if (performance.now() - began < 4 * SPIN_MS) this.#restraint = 0;
  }

  /** Host: looks for a moment whether the cell has something to say. */
  spinForHost(): boolean {
    return this.#spin(() => Atomics.load(this.#words, HOST) === 1);
  }

  #spin(isDone: () => boolean): boolean {
    if (!CAN_SPIN || this.#restraint > 0) {
      this.#restraint--;
      return false;
    }
    const end = performance.now() + SPIN_MS;
    do {
      for (let look = 0; look < 64; look++) if (isDone()) return true;
    } while (performance.now() < end);
    this.#restraint = RESTRAINT;
    return false;
  }

  /** Cell: whether the host must be sent a message, because it has not been since it last looked. */
  claimHostWake(): boolean {
    return Atomics.exchange(this.#words, HOST, 1) === 0;
  }

  /** Host: about to look into its rings. */
  hostLooks(): void {
    Atomics.store(this.#words, HOST, 0);
  }
}
