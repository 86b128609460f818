import { answerDataBytes } from '../answer-pdu.ts';
import type { LinkState } from '../device-link.ts';
import type { Exchange, LinkFault, Loss } from '../exchange.ts';
import { ANSWERED } from '../pdu.ts';
import { isWriting } from '../request.ts';
import { AnswerFinder, type FoundAnswer } from './answer-finder.ts';
import { LineConnection, type LineConnectionOptions } from './line-connection.ts';
import { LineSilence } from './line-silence.ts';
import type { LineTiming } from './line-timing.ts';
import { LineTurn } from './line-turn.ts';
import type { LineUnit } from './line-unit.ts';
import { nextUnit } from './next-unit.ts';
import { BROADCAST, RTU_MAX_BYTES, writeRtuFrame } from './rtu-frame.ts';

export interface LineOptions extends LineConnectionOptions {
  readonly timing: LineTiming;
  /** Whether what was written can still be on its way when its deadline is over, as on a network; a UART has sent it. */
  readonly holdsBack: boolean;
}

/** After so many requests in a row without an answer, a connection is taken for dead. */
const TIMEOUTS_MAX = 3;
/** Unit, function, byte count and CRC around the values of an answer; a longer one without values has 10. */
const ANSWER_BYTES = 10;

/**
 * A line that several units share: one request at a time, between two of them silence. After anything that went wrong, what
 * comes is thrown away until the line has been silent.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #connection: LineConnection;
  readonly #silence: LineSilence;
  readonly #finder = new AnswerFinder();
  readonly #frame = new Uint8Array(RTU_MAX_BYTES);
  readonly #units: LineUnit[] = [];
  #turn: LineTurn | undefined;
  #turns = 0;
  #timeouts = 0;
  #strayBytes = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#connection = new LineConnection(options, {
      opened: () => this.#opened(),
      received: (bytes, length) => this.#receive(bytes, length),
      lost: (fault, error) => this.#lost(fault, error),
    });
    this.#silence = new LineSilence(options.clock, {
      kept: () => this.takeTurns(),
      babbled: () => this.#connection.drop('bad-answer', undefined),
    });
  }

  get state(): LinkState {
    return this.#connection.state;
  }

  /** Whether a request may be sent. */
  get isFree(): boolean {
    return this.state === 'connected' && this.#turn === undefined && !this.#silence.isAwaited;
  }

  /** Bytes that were nobody's answer. */
  get strayBytes(): number {
    return this.#strayBytes;
  }

  isServing(unit: LineUnit): boolean {
    return this.#turn?.unit === unit;
  }

  /** Opens the line with its first unit. */
  attach(unit: LineUnit): void {
    this.#units.push(unit);
    if (this.state === 'closed') this.#connection.open();
    else if (this.state === 'connected') unit.events.connected();
  }

  /** Closes the line with its last unit. */
  detach(unit: LineUnit): void {
    const isIdle = this.#turn === undefined;
    const turn = this.isServing(unit) ? this.#endTurn() : undefined;
    this.#units.splice(this.#units.indexOf(unit), 1);
    if (this.#units.length === 0) {
      this.#silence.cancel();
      this.#connection.close(isIdle);
    } else if (turn !== undefined) this.#silence.wait(this.#options.timing.drainMs);
    turn?.exchange.lost('closed');
  }

  /** Sends a request in this very call. Only while `isFree`. */
  send(unit: LineUnit, exchange: Exchange): void {
    const { clock, timing } = this.#options;
    const length = writeRtuFrame(this.#frame, exchange.request, unit.unitId);
    const isBroadcast = unit.unitId === BROADCAST;
    const bytes = isBroadcast ? length : length + ANSWER_BYTES + answerDataBytes(exchange.request);
    this.#turn = new LineTurn({
      unit,
      exchange,
      waitMs: timing.characterMs * bytes + (isBroadcast ? unit.turnaroundMs : unit.timeoutMs),
      stallMs: timing.stallMs,
      finder: this.#finder,
      clock,
      over: (loss) => this.#unanswered(loss),
    });
    unit.hadTurn(++this.#turns, isWriting(exchange.request));
    this.#connection.write(this.#frame.slice(0, length));
  }

  /** Gives the line to whoever is next, while it is free. */
  takeTurns(): void {
    while (this.isFree) {
      const next = nextUnit(this.#units);
      if (next === undefined) return;
      next.events.ready();
    }
  }

  #opened(): void {
    this.#timeouts = 0;
    // An answer to a request from before may still come.
    this.#silence.wait(this.#options.timing.drainMs);
    for (const unit of [...this.#units]) unit.events.connected();
  }

  #receive(bytes: Uint8Array, length: number): void {
    const turn = this.#turn;
    if (turn === undefined || turn.isBroadcast) this.#strayBytes += length;
    if (turn === undefined) this.#silence.heard(this.#options.timing.drainMs);
    else if (!turn.isBroadcast) {
      const found = turn.take(bytes, length);
      if (found !== undefined) this.#answered(turn, found);
    }
  }

  #answered({ unit, exchange }: LineTurn, { bytes, pduAt, check, hasMore }: FoundAnswer): void {
    const { gapMs, drainMs } = this.#options.timing;
    this.#endTurn();
    this.#connection.proven();
    this.#timeouts = 0;
    unit.succeeded();
    this.#silence.wait(hasMore ? drainMs : gapMs);
    unit.events.answered(check !== ANSWERED);
    if (check === ANSWERED) exchange.answered(bytes, pduAt);
    else exchange.refused(check);
    unit.events.ready();
  }

  #unanswered(loss: Loss): void {
    const turn = this.#endTurn();
    if (turn === undefined) return;
    if (loss === 'broadcast') this.#silence.wait(this.#options.timing.gapMs);
    else this.#fail(turn, loss);
    turn.exchange.lost(loss);
    if (loss !== 'broadcast') turn.unit.events.failed(loss);
    turn.unit.events.ready();
  }

  /** The request got no valid answer. The line stays, unless the request itself could still be on its way. */
  #fail({ unit, exchange, leftMs }: LineTurn, fault: LinkFault): void {
    const { timing, holdsBack } = this.#options;
    const isWrite = isWriting(exchange.request);
    unit.failed(fault, leftMs, isWrite);
    if (fault === 'timeout') this.#timeouts++;
    const mayBeDead = fault === 'timeout' && (isWrite || this.#timeouts >= TIMEOUTS_MAX);
    if (holdsBack && mayBeDead) this.#connection.reset();
    else this.#silence.wait(timing.drainMs);
  }

  #lost(fault: LinkFault | undefined, error: Error | undefined): void {
    const turn = this.#endTurn();
    this.#silence.cancel();
    if (turn !== undefined) {
      turn.unit.failed('closed', turn.leftMs, isWriting(turn.exchange.request));
      turn.exchange.lost(fault ?? 'closed');
    }
    for (const unit of [...this.#units]) unit.events.down(fault, error, unit === turn?.unit ? 1 : 0);
  }

  #endTurn(): LineTurn | undefined {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.cancel();
    return turn;
  }
}
