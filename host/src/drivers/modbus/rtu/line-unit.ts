import { backOffDelays } from '../../back-off.ts';
import type { Clock, Timer } from '../../clock.ts';
import { type DeviceLink, isWriteUrgency, type LinkEvents, type LinkState, NOTHING_WAITS } from '../device-link.ts';
import type { Exchange, LinkFault } from '../exchange.ts';
import type { Line } from './line.ts';
import { BROADCAST } from './rtu-frame.ts';

export interface LineUnitOptions {
  readonly unitId: number;
  readonly timeoutMs: number;
  /** Time that all units are given after a broadcast. */
  readonly turnaroundMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A unit may answer so many times its deadline after it, and must not be asked before. */
const LATE_FACTOR = 2;
const REST_START_MS = 1_000;
const REST_MAX_MS = 30_000;
/** A unit that did not answer goes behind the others, but not for longer than this. */
const BEHIND_MAX_MS = 1_000;
const BEHIND_OTHERS = 10_000;

/**
 * One unit and its turn on a shared line. After a request without an answer it rests: nothing on a serial line says which
 * request an answer belongs to, so none may be sent while one can still come. Each further silence makes the rest longer.
 */
export class LineUnit implements DeviceLink {
  readonly unitId: number;
  readonly timeoutMs: number;
  readonly turnaroundMs: number;
  readonly events: LinkEvents;
  readonly #options: LineUnitOptions;
  readonly #line: Line;
  #isOpen = false;
  /** Numbers of the turns that it had last: of a write, and of a read. */
  #lastWrite = 0;
  #lastRead = 0;
  #rest: Timer | undefined;
  #rests: Iterator<number, never>;
  #timeouts = 0;
  #suspectSince = 0;
  #lostWrite = false;

  constructor(line: Line, options: LineUnitOptions, events: LinkEvents) {
    this.#line = line;
    this.#options = options;
    this.events = events;
    this.unitId = options.unitId;
    this.timeoutMs = options.timeoutMs;
    this.turnaroundMs = options.turnaroundMs;
    this.#rests = this.#restDelays();
  }

  get state(): LinkState {
    if (!this.#isOpen) return 'closed';
    return this.#line.state === 'connected' && this.#rest !== undefined ? 'waiting' : this.#line.state;
  }

  get pending(): number {
    return this.#line.isServing(this) ? 1 : 0;
  }

  get strayBytes(): number {
    return this.#line.strayBytes;
  }

  get canSend(): boolean {
    return this.#isOpen && this.#line.isFree && (this.#rest === undefined || this.#mayWriteNow());
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#line.attach(this);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#endRest();
    this.#line.detach(this);
  }

  send(exchange: Exchange): void {
    this.#line.send(this, exchange);
  }

  /** How much it wants the next turn; below 0 when it wants none. */
  urgency(): number {
    const urgency = this.events.mostUrgent();
    if (urgency === NOTHING_WAITS || !this.canSend) return NOTHING_WAITS;
    const isBehind = this.#timeouts > 0 && this.#options.clock.now() - this.#suspectSince < BEHIND_MAX_MS;
    return isBehind ? urgency : urgency + BEHIND_OTHERS;
  }

  /** It has the line for the turn of that number. */
  hadTurn(turn: number, isWrite: boolean): void {
    if (isWrite) this.#lastWrite = turn;
    else this.#lastRead = turn;
  }

  /** The turn that it had last of the kind that it wants now. Reads and writes go round apart, or one could miss the other. */
  lastTurn(urgency: number): number {
    return isWriteUrgency(urgency % BEHIND_OTHERS) ? this.#lastWrite : this.#lastRead;
  }

  /** It gave a valid answer: since units answer in order, no earlier one can come any more. */
  succeeded(): void {
    this.#endRest();
    if (this.#timeouts === 0) return;
    this.#timeouts = 0;
    this.#rests = this.#restDelays();
  }

  /** A request got no valid answer; `leftMs` is what is left of its deadline. */
  failed(fault: LinkFault, leftMs: number, isWrite: boolean): void {
    if (this.unitId === BROADCAST) return;
    const { clock } = this.#options;
    this.#lostWrite = isWrite;
    if (fault === 'timeout') this.#timeouts++;
    const restMs = fault === 'bad-answer' ? leftMs : leftMs + this.#nextRest(fault);
    this.#rest?.cancel();
    this.#suspectSince = clock.now() + restMs;
    this.#rest = clock.after(restMs, () => {
      this.#rest = undefined;
      this.#line.takeTurns();
    });
  }

  #nextRest(fault: LinkFault): number {
    return fault === 'timeout' ? this.#rests.next().value : LATE_FACTOR * this.timeoutMs;
  }

  #restDelays(): Iterator<number, never> {
    const firstMs = LATE_FACTOR * this.timeoutMs;
    const schedule = {
      firstMs,
      startMs: 2 * Math.max(firstMs, REST_START_MS),
      maxMs: Math.max(2 * firstMs, REST_MAX_MS),
    };
    return backOffDelays(schedule, this.#options.random);
  }

  /** The echo of a write cannot be the late answer to a read. A unit that stays silent must wait for its writes as well. */
  #mayWriteNow(): boolean {
    if (this.#timeouts > 1 || this.#lostWrite) return false;
    return isWriteUrgency(this.events.mostUrgent());
  }

  #endRest(): void {
    this.#rest?.cancel();
    this.#rest = undefined;
  }
}
