import { type BackOff, backOffDelays } from '../../back-off.ts';
import type { Clock, Timer } from '../../clock.ts';
import { type LinkState, NOTHING_WAITS } from '../device-link.ts';
import type { Exchange, LinkFault } from '../exchange.ts';
import { ANSWERED, answerDataBytes } from '../pdu.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import { AnswerFinder, type FoundAnswer } from './answer-finder.ts';
import type { LineTiming } from './line-timing.ts';
import type { LineUnit } from './line-unit.ts';
import { BROADCAST, RTU_MAX_BYTES, writeRtuFrame } from './rtu-frame.ts';

export interface LineOptions {
  readonly timing: LineTiming;
  readonly openTransport: (events: TransportEvents) => Transport;
  /** Longest time for opening it. */
  readonly openMs: number;
  /** Whether what was written can still be on its way when its deadline is over, as on a network; a UART has sent it. */
  readonly holdsBack: boolean;
  readonly clock: Clock;
  readonly random: () => number;
}

interface Turn {
  readonly unit: LineUnit;
  readonly exchange: Exchange;
  readonly deadline: number;
}

const REOPEN: BackOff = { firstMs: 0, startMs: 100, maxMs: 10_000 };
const STEADY_MS = 5_000;
/** A line that is not silent for so long is closed and opened again. */
const BABBLE_MS = 2_000;
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
  readonly #finder = new AnswerFinder();
  readonly #frame = new Uint8Array(RTU_MAX_BYTES);
  readonly #units: LineUnit[] = [];
  #state: LinkState = 'closed';
  #delays: Iterator<number, never>;
  #transport: Transport | undefined;
  /** One of: the pause before opening, the deadline of opening or of a request, the end of a silence. */
  #timer: Timer | undefined;
  #turn: Turn | undefined;
  #turns = 0;
  #isPausing = false;
  #silentMs = 0;
  #pauseFrom = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  #connectedAt = 0;
  #isProven = false;
  #timeouts = 0;
  #strayBytes = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#delays = backOffDelays(REOPEN, options.random);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Whether a request may be sent. */
  get isFree(): boolean {
    return this.#state === 'connected' && this.#turn === undefined && !this.#isPausing;
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
    if (this.#state === 'closed') this.#scheduleOpen();
    else if (this.#state === 'connected') unit.events.connected();
  }

  /** Closes the line with its last unit. */
  detach(unit: LineUnit): void {
    const turn = this.#turn;
    this.#units.splice(this.#units.indexOf(unit), 1);
    if (turn?.unit === unit) this.#endTurn();
    if (this.#units.length === 0) this.#close(turn === undefined);
    else if (turn?.unit === unit) this.#pause(this.#options.timing.drainMs);
    if (turn?.unit === unit) turn.exchange.lost('closed');
  }

  /** Sends a request in this very call. Only while `isFree`. */
  send(unit: LineUnit, exchange: Exchange): void {
    const { clock, timing } = this.#options;
    const { request } = exchange;
    const length = writeRtuFrame(this.#frame, request, unit.unitId);
    const isBroadcast = unit.unitId === BROADCAST;
    const bytes = isBroadcast ? length : length + ANSWER_BYTES + answerDataBytes(request);
    const waitMs = timing.characterMs * bytes + (isBroadcast ? unit.turnaroundMs : unit.timeoutMs);
    this.#finder.reset();
    this.#turn = { unit, exchange, deadline: clock.now() + waitMs };
    unit.lastTurn = ++this.#turns;
    this.#setTimer(waitMs, () => this.#checkTurn());
    this.#transport!.write(this.#frame.slice(0, length));
  }

  /** Gives the line to whoever is next, while it is free: writes first, then by priority, then who has waited longest. */
  takeTurns(): void {
    while (this.isFree) {
      let next: LineUnit | undefined;
      let best = NOTHING_WAITS;
      for (const unit of this.#units) {
        const urgency = unit.urgency();
        if (urgency > best || (next !== undefined && urgency === best && unit.lastTurn < next.lastTurn)) {
          next = unit;
          best = urgency;
        }
      }
      if (next === undefined) return;
      next.events.ready();
    }
  }

  #scheduleOpen(): void {
    this.#state = 'waiting';
    const delayMs = this.#delays.next().value;
    if (delayMs === 0) this.#open();
    else this.#setTimer(delayMs, () => this.#open());
  }

  #open(): void {
    const { openTransport, openMs } = this.#options;
    this.#state = 'connecting';
    this.#setTimer(openMs, () => this.#drop(undefined, new Error(`not open within ${openMs} ms`)));
    const transport = openTransport({
      connected: () => this.#transport === transport && this.#opened(),
      received: (bytes, length) => {
        if (this.#transport === transport) this.#receive(bytes, length);
      },
      closed: (error) => {
        if (this.#transport === transport) this.#drop(this.#state === 'connected' ? 'closed' : undefined, error);
      },
    });
    this.#transport = transport;
  }

  #opened(): void {
    const { clock, timing } = this.#options;
    this.#state = 'connected';
    this.#connectedAt = clock.now();
    this.#isProven = false;
    this.#timeouts = 0;
    // An answer to a request from before may still come.
    this.#pause(timing.drainMs);
    for (const unit of [...this.#units]) unit.events.connected();
  }

  #receive(bytes: Uint8Array, length: number): void {
    const { clock, timing } = this.#options;
    this.#heardAt = clock.now();
    const turn = this.#turn;
    if (turn === undefined || turn.unit.unitId === BROADCAST) {
      this.#strayBytes += length;
      if (turn !== undefined) return;
      if (this.#isPausing) this.#silentMs = timing.drainMs;
      else this.#pause(timing.drainMs);
      return;
    }
    const found = this.#finder.push(bytes, length, turn.unit.unitId, turn.exchange.request);
    if (found !== undefined) this.#answered(turn, found);
    else if (this.#finder.isDamaged) {
      this.#setTimer(Math.min(turn.deadline - this.#heardAt, timing.stallMs), () => this.#checkTurn());
    }
  }

  #answered({ unit, exchange }: Turn, { bytes, pduAt, check, hasMore }: FoundAnswer): void {
    const { gapMs, drainMs } = this.#options.timing;
    this.#endTurn();
    this.#isProven = true;
    this.#timeouts = 0;
    unit.succeeded();
    this.#pause(hasMore ? drainMs : gapMs);
    unit.events.answered(check !== ANSWERED);
    if (check === ANSWERED) exchange.answered(bytes, pduAt);
    else exchange.refused(check);
    unit.events.ready();
  }

  #checkTurn(): void {
    const { clock, timing } = this.#options;
    const turn = this.#turn!;
    const now = clock.now();
    const stalledAt = this.#finder.isDamaged ? this.#heardAt + timing.stallMs : Number.POSITIVE_INFINITY;
    const isOver = now >= turn.deadline;
    if (isOver && turn.unit.unitId === BROADCAST) this.#broadcasted(turn);
    else if (isOver) this.#lose(turn, 'timeout');
    else if (now >= stalledAt) this.#lose(turn, 'bad-answer');
    else this.#setTimer(Math.min(turn.deadline, stalledAt) - now, () => this.#checkTurn());
  }

  #broadcasted({ unit, exchange }: Turn): void {
    this.#endTurn();
    this.#pause(this.#options.timing.gapMs);
    exchange.lost('broadcast');
    unit.events.ready();
  }

  /** The request got no valid answer. The line stays, unless the request itself could still be on its way. */
  #lose({ unit, exchange, deadline }: Turn, fault: LinkFault): void {
    const { clock, timing, holdsBack } = this.#options;
    const isWrite = exchange.request.kind === 'write';
    this.#endTurn();
    unit.failed(fault, Math.max(0, deadline - clock.now()), isWrite);
    if (fault === 'timeout') this.#timeouts++;
    const mayBeDead = fault === 'timeout' && (isWrite || this.#timeouts >= TIMEOUTS_MAX);
    if (holdsBack && mayBeDead) {
      this.#transport?.reset();
      this.#open();
    } else this.#pause(timing.drainMs);
    exchange.lost(fault);
    unit.events.failed(fault);
    unit.events.ready();
  }

  /** Waits until the line has been silent for so long. */
  #pause(silentMs: number): void {
    this.#isPausing = true;
    this.#silentMs = silentMs;
    this.#pauseFrom = this.#options.clock.now();
    this.#setTimer(silentMs, () => this.#checkSilence());
  }

  #checkSilence(): void {
    const now = this.#options.clock.now();
    const leftMs = Math.max(this.#pauseFrom, this.#heardAt) + this.#silentMs - now;
    if (leftMs <= 0) {
      this.#isPausing = false;
      this.takeTurns();
    } else if (now - this.#pauseFrom >= BABBLE_MS) this.#drop('bad-answer', undefined);
    else this.#setTimer(leftMs, () => this.#checkSilence());
  }

  /** Gives the line up and opens it again. */
  #drop(fault: LinkFault | undefined, error: Error | undefined): void {
    const { clock, random } = this.#options;
    const turn = this.#turn;
    const isGood = this.#state === 'connected' && (this.#isProven || clock.now() - this.#connectedAt >= STEADY_MS);
    const transport = this.#transport;
    if (isGood) this.#delays = backOffDelays(REOPEN, random);
    this.#endTurn();
    this.#isPausing = false;
    this.#transport = undefined;
    transport?.reset();
    this.#scheduleOpen();
    if (turn !== undefined) {
      turn.unit.failed('closed', Math.max(0, turn.deadline - clock.now()), turn.exchange.request.kind === 'write');
      turn.exchange.lost(fault ?? 'closed');
    }
    for (const unit of [...this.#units]) unit.events.down(fault, error, unit === turn?.unit ? 1 : 0);
  }

  #close(isIdle: boolean): void {
    const transport = this.#transport;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#transport = undefined;
    this.#isPausing = false;
    this.#state = 'closed';
    this.#delays = backOffDelays(REOPEN, this.#options.random);
    if (isIdle) transport?.end();
    else transport?.reset();
  }

  #endTurn(): void {
    this.#turn = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #setTimer(delayMs: number, callback: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      callback();
    });
  }
}
