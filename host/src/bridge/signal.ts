const CELL = 0;
const HOST = 1;

/**
 * How the two threads wake each other. The cell sleeps on a shared word; the host lives in an event loop and is woken
 * by a message, at most one for each time it looks.
 */
export class Signal {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;

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

  /** Cell: sleeps until the host calls `wakeCell` after `seen` was read, or for `timeoutMs`. */
  sleep(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, CELL, seen, timeoutMs);
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
