import type { Clock, Timer } from '../clock.ts';
import { FrameParser } from '../modbus/frame-parser.ts';
import { MODBUS_SERVER_LIMITS } from './limits.ts';
import type { Peer, PeerEvents } from './listener.ts';

/** Unit id and function: some functions have nothing else, and are answered by an exception. */
const LENGTH_MIN = 2;

/** Why the server disconnected a client. */
export type CutOff = 'garbage' | 'slow' | 'unread' | 'idle' | 'full';

export interface ClientConnectionOptions {
  readonly peer: Peer;
  readonly clock: Clock;
  readonly idleMs: number;
  readonly requestsPerSecond: number;
  /** Requests that it may make at once to begin with; below 0 it is not read at first. */
  readonly allowance: number;
  /** The answer to a complete frame; valid until the next call. */
  readonly answer: (bytes: Uint8Array, at: number, length: number, client: string) => Uint8Array;
  /** The client asks faster than it may, and is read more slowly for a moment. */
  readonly throttled: () => void;
  /** The connection is over; of `cutOff` if the server ended it. */
  readonly over: (cutOff: CutOff | undefined) => void;
}

/** One client of a server. It is answered at once and in order; what it does to others than itself has a limit. */
export class ClientConnection implements PeerEvents {
  readonly #options: ClientConnectionOptions;
  readonly #parser: FrameParser;
  /** Requests that it may still make at once. */
  #allowance: number;
  #allowanceAt: number;
  #lastRequestAt: number;
  #idle: Timer | undefined;
  #slow: Timer | undefined;
  #pause: Timer | undefined;
  #isOver = false;

  constructor(options: ClientConnectionOptions) {
    const { clock, allowance } = options;
    this.#options = options;
    this.#parser = new FrameParser((bytes, at, length) => this.#takeFrame(bytes, at, length), LENGTH_MIN);
    this.#allowance = allowance;
    this.#allowanceAt = clock.now();
    this.#lastRequestAt = clock.now();
    this.#waitIdle(options.idleMs);
    this.#throttle();
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const before = this.#allowance;
    if (!this.#parser.push(bytes, bytes.byteLength)) {
      // What makes the parser stop is either a frame that is none, or this connection, which is over then.
      this.#cutOff('garbage');
      return;
    }
    // A frame that has begun since has its own time.
    if (!this.#parser.isPartial || this.#allowance !== before) this.#endSlow();
    this.#beginSlow();
    this.#throttle();
  }

  /** Where it comes from. */
  get address(): string {
    return this.#options.peer.address;
  }

  /** Time of the clock at which it asked last, or connected. */
  get lastRequestAt(): number {
    return this.#lastRequestAt;
  }

  /** Requests that it may still make at once. */
  get allowance(): number {
    this.#debtMs();
    return this.#allowance;
  }

  /** Makes room for another client. */
  makeRoom(): void {
    this.#cutOff('full');
  }

  closed(): void {
    this.#finish(undefined);
  }

  /** Closes in order; a client that has not read its answers is not waited for. */
  close(): void {
    const { peer } = this.#options;
    this.#finish(undefined);
    if (peer.backlogBytes === 0) peer.end();
    else peer.reset();
  }

  #takeFrame(bytes: Uint8Array, at: number, length: number): boolean {
    const { peer, clock, answer } = this.#options;
    this.#lastRequestAt = clock.now();
    this.#allowance--;
    // The answer is in a buffer that the next one takes as well.
    peer.write(answer(bytes, at, length, peer.name).slice());
    if (peer.backlogBytes <= MODBUS_SERVER_LIMITS.backlogBytes) return true;
    this.#cutOff('unread');
    return false;
  }

  /** Reads no more until the client has waited for what it has asked beyond its allowance. */
  #throttle(): void {
    if (this.#debtMs() <= 0 || this.#pause !== undefined) return;
    this.#options.throttled();
    this.#options.peer.pause();
    this.#endSlow();
    this.#waitForDebt();
  }

  #waitForDebt(): void {
    this.#pause = this.#after(Math.max(1, this.#debtMs()), () => {
      this.#pause = undefined;
      // What was read already when the pause began was answered too.
      if (this.#debtMs() > 0) this.#waitForDebt();
      else this.#goOn();
    });
  }

  /** Reads on. What the client could not say while nobody read does not count against it. */
  #goOn(): void {
    this.#lastRequestAt = this.#options.clock.now();
    this.#beginSlow();
    this.#options.peer.resume();
  }

  /** How long it takes until the client may ask again; not above 0 if it may now. */
  #debtMs(): number {
    const { clock, requestsPerSecond } = this.#options;
    const now = clock.now();
    const earned = ((now - this.#allowanceAt) * requestsPerSecond) / 1_000;
    this.#allowance = Math.min(requestsPerSecond, this.#allowance + earned);
    this.#allowanceAt = now;
    return (-this.#allowance * 1_000) / requestsPerSecond;
  }

  #waitIdle(delayMs: number): void {
    const { clock, idleMs } = this.#options;
    this.#idle = this.#after(delayMs, () => {
      if (this.#pause !== undefined) this.#lastRequestAt = clock.now();
      const leftMs = this.#lastRequestAt + idleMs - clock.now();
      if (leftMs <= 0) this.#cutOff('idle');
      else this.#waitIdle(leftMs);
    });
  }

  #beginSlow(): void {
    if (!this.#parser.isPartial || this.#pause !== undefined) return;
    this.#slow ??= this.#after(MODBUS_SERVER_LIMITS.frameMs, () => this.#cutOff('slow'));
  }

  #endSlow(): void {
    this.#slow?.cancel();
    this.#slow = undefined;
  }

  #after(delayMs: number, callback: () => void): Timer {
    return this.#options.clock.after(delayMs, callback);
  }

  #cutOff(why: CutOff): void {
    if (this.#isOver) return;
    this.#finish(why);
    this.#options.peer.reset();
  }

  #finish(why: CutOff | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endSlow();
    this.#idle?.cancel();
    this.#pause?.cancel();
    this.#options.over(why);
  }
}
