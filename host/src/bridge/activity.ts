const RUNNING = 0;
const TURNS = 1;

/** What a cell was doing when somebody looked. */
export interface ActivityReading {
  /** The module that has its turn, by slot; undefined when none has. */
  readonly slot: number | undefined;
  /** Changes whenever a module or the cell itself begins something new. */
  readonly turns: number;
}

/**
 * Which module a cell runs, in shared memory, so that the host can name it when it does not come to an end. Written with
 * plain stores: the host looks once a second, and a value that is a moment old does no harm.
 */
export class Activity {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Cell: a module is about to have its turn. */
  enter(slot: number): void {
    this.#words[RUNNING] = slot + 1;
    this.#words[TURNS]!++;
  }

  /** Cell: no module runs. */
  leave(): void {
    this.#words[RUNNING] = 0;
    this.#words[TURNS]!++;
  }

  /** Host: what the cell does at the moment. */
  read(): ActivityReading {
    const running = Atomics.load(this.#words, RUNNING);
    return { slot: running === 0 ? undefined : running - 1, turns: Atomics.load(this.#words, TURNS) };
  }
}
