import type { JournalEnvironment } from './environment.ts';

const DAY_MS = 86_400_000;
/** A gateway that seems to have been off for longer has a clock that is not to be believed. */
const OFF_MAX_MS = 180 * DAY_MS;
/** From here on the clock was set, and has not drifted. */
const STEP_MS = 60_000;

/** Where the line of time was, by every clock there is. Kept on the disk. */
export interface Anchor {
  readonly lineMs: number;
  /** Names the start of the machine, whose monotonic clock goes on while processes come and go; empty if there is none. */
  readonly machineBoot: string;
  readonly monotonicMs: number;
  /** Milliseconds since 1970; absent as long as the time was not known. */
  readonly wallMs?: number;
  /** The time is not known yet, and `wallMs` does not count a while that the machine was off before. */
  readonly lacksTimeOff?: boolean;
}

/**
 * The time by which messages expire: milliseconds that pass with the monotonic clock, so that a clock that is set moves
 * nothing. They go on across a restart of the process. Across a restart of the machine they go on where they were; the time
 * that it was off is added when the wall clock is known, once, and only if it is plausible.
 */
export class JournalTime {
  readonly #environment: JournalEnvironment;
  /** Line minus monotonic clock. */
  #offsetMs: number;
  /** Line and wall clock at one moment before this start, until the time that passed since is added. */
  #before: Anchor | undefined;
  #wall: { readonly lineMs: number; readonly wallMs: number } | undefined;

  /** @param floorMs the latest time known to lie in the past, such as that of the newest record */
  constructor(environment: JournalEnvironment, anchor: Anchor | undefined, floorMs: number) {
    this.#environment = environment;
    const monotonicMs = environment.monotonicMs();
    const goesOn =
      anchor !== undefined &&
      anchor.machineBoot !== '' &&
      anchor.machineBoot === environment.machineBoot &&
      anchor.monotonicMs <= monotonicMs;
    const goneOnMs = goesOn ? monotonicMs - anchor.monotonicMs : 0;
    this.#offsetMs = Math.max((anchor?.lineMs ?? 0) + goneOnMs, floorMs) - monotonicMs;
    if (!goesOn || anchor.lacksTimeOff === true) this.#before = anchor;
    this.look();
  }

  now(): number {
    return this.of(this.#environment.monotonicMs());
  }

  /** A moment of the monotonic clock, for who has asked for it already. */
  of(monotonicMs: number): number {
    return monotonicMs + this.#offsetMs;
  }

  /**
   * Takes notice of the wall clock. True when the anchor on the disk should be written anew, because the clock is known for
   * the first time or was set.
   */
  look(): boolean {
    if (!this.#environment.isTimeKnown()) return false;
    const wallMs = this.#environment.wallMs();
    this.#addTimeOff(wallMs);
    const lineMs = this.now();
    const expectedMs = this.wallMsOf(lineMs);
    if (expectedMs !== undefined && Math.abs(wallMs - expectedMs) < STEP_MS) return false;
    this.#wall = { lineMs, wallMs };
    return true;
  }

  /** Milliseconds since 1970 of a moment on the line; undefined until the time is known. */
  wallMsOf(lineMs: number): number | undefined {
    return this.#wall === undefined ? undefined : this.#wall.wallMs + lineMs - this.#wall.lineMs;
  }

  anchor(): Anchor {
    const lineMs = this.now();
    const wallMs = this.wallMsOf(lineMs);
    const { machineBoot } = this.#environment;
    const monotonicMs = this.#environment.monotonicMs();
    // As long as the time is unknown, what was known before this start must not be forgotten: it says how long we were off.
    if (wallMs === undefined && this.#before?.wallMs !== undefined) {
      const wallThenMs = this.#before.wallMs + lineMs - this.#before.lineMs;
      return { lineMs, machineBoot, monotonicMs, wallMs: wallThenMs, lacksTimeOff: true };
    }
    return { lineMs, machineBoot, monotonicMs, ...(wallMs === undefined ? {} : { wallMs }) };
  }

  #addTimeOff(wallMs: number): void {
    if (this.#before?.wallMs === undefined) return;
    const offMs = this.#before.lineMs + (wallMs - this.#before.wallMs) - this.now();
    this.#before = undefined;
    if (offMs > 0 && offMs <= OFF_MAX_MS) this.#offsetMs += offMs;
  }
}
