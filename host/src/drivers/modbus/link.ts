import { type BackOff, backOffDelays } from '../back-off.ts';
import type { Clock, Timer } from '../clock.ts';
import type { DeviceLink, LinkEvents, LinkState } from './device-link.ts';
import type { Exchange, LinkFault } from './exchange.ts';
import { FrameParser } from './frame-parser.ts';
import { checkAnswer, FRAME_MAX_BYTES, PDU_AT, writeRequestFrame } from './mbap.ts';
import { ANSWERED, BAD_ANSWER, getU16 } from './pdu.ts';
import type { OpenTransport, Transport } from './transport.ts';

export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  readonly unitId: number;
  readonly timeoutMs: number;
  readonly inFlight: number;
  readonly openTransport: OpenTransport;
  readonly clock: Clock;
  readonly random: () => number;
}

interface Slot {
  readonly frame: Uint8Array;
  /** The first 12 bytes of `frame`, which is all of most requests. */
  readonly shortFrame: Uint8Array;
  exchange: Exchange | undefined;
  transaction: number;
  deadline: number;
}

const SHORT_FRAME_BYTES = 12;
/** After this time a connection counts as good, also when nothing was asked on it: some devices close idle ones. */
const STEADY_MS = 5_000;
const RECONNECT: BackOff = { firstMs: 0, startMs: 100, maxMs: 10_000 };

/**
 * One connection to one device, opened again for ever. Whatever makes the stream doubtful ends it at once: a request
 * without an answer in time, a frame that is no answer to a request in flight, bytes that are no frame. An answer that
 * comes late thus finds no reader, and no value can be taken for that of another request.
 */
export class Link implements DeviceLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #slots: Slot[];
  readonly #parser: FrameParser;
  #state: LinkState = 'closed';
  #delays: Iterator<number, never>;
  #transport: Transport | undefined;
  #retry: Timer | undefined;
  #deadline: Timer | undefined;
  #free: number;
  #transaction = 0;
  #connectedAt = 0;
  /** Whether this connection gave a valid answer, so that its loss is followed by an attempt at once. */
  #proven = false;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#slots = Array.from({ length: options.inFlight }, openSlot);
    this.#free = options.inFlight;
    this.#delays = backOffDelays(RECONNECT, options.random);
    this.#parser = new FrameParser((bytes, at, length) => this.#receive(bytes, at, length));
  }

  get state(): LinkState {
    return this.#state;
  }

  get pending(): number {
    return this.#slots.length - this.#free;
  }

  get canSend(): boolean {
    return this.#free > 0 && this.#state === 'connected';
  }

  open(): void {
    if (this.#state !== 'closed') return;
    this.#delays = backOffDelays(RECONNECT, this.#options.random);
    this.#scheduleConnect();
  }

  close(): void {
    if (this.#state === 'closed') return;
    const transport = this.#transport;
    const isIdle = this.pending === 0;
    this.#leave('closed');
    if (isIdle && transport !== undefined) transport.end();
    else transport?.reset();
    this.#endAll('closed');
  }

  send(exchange: Exchange): void {
    const { clock, timeoutMs, unitId } = this.#options;
    const slot = this.#slots.find(isFree)!;
    slot.transaction = this.#nextTransaction();
    slot.exchange = exchange;
    slot.deadline = clock.now() + timeoutMs;
    this.#free--;
    const length = writeRequestFrame(slot.frame, exchange.request, slot.transaction, unitId);
    this.#transport!.write(length === SHORT_FRAME_BYTES ? slot.shortFrame : slot.frame.subarray(0, length));
    this.#deadline ??= clock.after(timeoutMs, () => this.#checkDeadlines());
  }

  #scheduleConnect(): void {
    const delayMs = this.#delays.next().value;
    if (delayMs === 0) {
      this.#connect();
      return;
    }
    this.#state = 'waiting';
    this.#retry = this.#options.clock.after(delayMs, () => this.#connect());
  }

  #connect(): void {
    const { host, port, timeoutMs, openTransport, clock } = this.#options;
    this.#state = 'connecting';
    this.#retry = undefined;
    this.#parser.reset();
    this.#deadline = clock.after(timeoutMs, () => {
      this.#deadline = undefined;
      this.#drop(undefined, new Error(`no connection within ${timeoutMs} ms`));
    });
    const transport = openTransport(host, port, {
      connected: () => this.#transport === transport && this.#connected(),
      received: (bytes, length) => {
        if (this.#transport === transport) this.#receiveChunk(bytes, length);
      },
      closed: (error) => {
        if (this.#transport === transport) this.#drop(this.#state === 'connected' ? 'closed' : undefined, error);
      },
    });
    this.#transport = transport;
  }

  #connected(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
    this.#state = 'connected';
    this.#connectedAt = this.#options.clock.now();
    this.#proven = false;
    this.#events.connected();
    this.#events.ready();
  }

  #receiveChunk(bytes: Uint8Array, length: number): void {
    const transport = this.#transport;
    const isGood = this.#parser.push(bytes, length);
    // Whoever took an answer may have closed the link.
    if (this.#transport !== transport) return;
    // A frame has begun that nobody asked for.
    if (!isGood || (this.pending === 0 && this.#parser.isPartial)) this.#drop('bad-answer', undefined);
    else if (this.canSend) this.#events.ready();
  }

  #receive(bytes: Uint8Array, at: number, length: number): boolean {
    const transaction = getU16(bytes, at);
    const slot = this.#slots.find((each) => each.exchange !== undefined && each.transaction === transaction);
    if (slot?.exchange === undefined) return false;
    const { exchange } = slot;
    const transport = this.#transport;
    const check = checkAnswer(bytes, at, length, exchange.request, this.#options.unitId);
    if (check === BAD_ANSWER) return false;
    slot.exchange = undefined;
    this.#free++;
    this.#proven = true;
    this.#events.answered(check !== ANSWERED);
    if (check === ANSWERED) exchange.answered(bytes, at + PDU_AT);
    else exchange.refused(check);
    return this.#transport === transport;
  }

  /** One timer serves all requests: it runs out at the earliest deadline there was, and is set again from what is left. */
  #checkDeadlines(): void {
    const { clock } = this.#options;
    const now = clock.now();
    let earliest = Number.POSITIVE_INFINITY;
    this.#deadline = undefined;
    for (const { exchange, deadline } of this.#slots)
      if (exchange !== undefined) earliest = Math.min(earliest, deadline);
    if (earliest === Number.POSITIVE_INFINITY) return;
    if (earliest <= now) this.#drop('timeout', undefined);
    else this.#deadline = clock.after(earliest - now, () => this.#checkDeadlines());
  }

  /** Gives the connection up and starts over. What is still in flight ends with `fault`. */
  #drop(fault: LinkFault | undefined, error: Error | undefined): void {
    const { clock, random } = this.#options;
    const transport = this.#transport;
    const isGood = this.#state === 'connected' && (this.#proven || clock.now() - this.#connectedAt >= STEADY_MS);
    if (isGood) this.#delays = backOffDelays(RECONNECT, random);
    this.#leave('waiting');
    transport?.reset();
    this.#scheduleConnect();
    const lost = this.pending;
    this.#endAll(fault ?? 'closed');
    this.#events.down(fault, error, lost);
  }

  #leave(state: LinkState): void {
    this.#retry?.cancel();
    this.#deadline?.cancel();
    this.#retry = undefined;
    this.#deadline = undefined;
    this.#transport = undefined;
    this.#state = state;
  }

  /** Ends every request in flight. When one ran out of time, the others only lost their connection. */
  #endAll(fault: LinkFault): void {
    const now = this.#options.clock.now();
    for (const slot of this.#slots) {
      const { exchange, deadline } = slot;
      if (exchange === undefined) continue;
      slot.exchange = undefined;
      this.#free++;
      exchange.lost(fault === 'timeout' && deadline > now ? 'closed' : fault);
    }
  }

  #nextTransaction(): number {
    do this.#transaction = (this.#transaction + 1) & 0xffff;
    while (this.#slots.some((slot) => slot.exchange !== undefined && slot.transaction === this.#transaction));
    return this.#transaction;
  }
}

const isFree = (slot: Slot): boolean => slot.exchange === undefined;

function openSlot(): Slot {
  const frame = Buffer.allocUnsafeSlow(FRAME_MAX_BYTES);
  return { frame, shortFrame: frame.subarray(0, SHORT_FRAME_BYTES), exchange: undefined, transaction: 0, deadline: 0 };
}
