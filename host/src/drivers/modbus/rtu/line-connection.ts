import { type BackOff, backOffDelays } from '../../back-off.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { LinkState } from '../device-link.ts';
import type { LinkFault } from '../exchange.ts';
import type { Transport, TransportEvents } from '../transport.ts';

export interface LineConnectionOptions {
  readonly openTransport: (events: TransportEvents) => Transport;
  /** Longest time for opening it. */
  readonly openMs: number;
  readonly clock: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random: () => number;
}

export interface LineConnectionEvents {
  opened(): void;
  /** The first `length` bytes of `bytes` came; valid during the call. */
  received(bytes: Uint8Array, length: number): void;
  /** Given up, and about to be opened again; `fault` is undefined when it was not open. */
  lost(fault: LinkFault | undefined, error: Error | undefined): void;
}

const REOPEN: BackOff = { firstMs: 0, startMs: 100, maxMs: 10_000 };
/** After this time an open line counts as good, also when no unit answered on it. */
const STEADY_MS = 5_000;

/** The port or connection of a line, opened again for ever. */
export class LineConnection {
  readonly #options: LineConnectionOptions;
  readonly #events: LineConnectionEvents;
  #state: LinkState = 'closed';
  #delays: Iterator<number, never>;
  #transport: Transport | undefined;
  /** The pause before opening, or the deadline of opening. */
  #timer: Timer | undefined;
  #openedAt = 0;
  #isProven = false;

  constructor(options: LineConnectionOptions, events: LineConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#delays = backOffDelays(REOPEN, options.random);
  }

  get state(): LinkState {
    return this.#state;
  }

  open(): void {
    const delayMs = this.#delays.next().value;
    this.#state = 'waiting';
    if (delayMs === 0) this.#attempt();
    else this.#timer = this.#options.clock.after(delayMs, () => this.#attempt());
  }

  write(bytes: Uint8Array): void {
    this.#transport?.write(bytes);
  }

  /** A unit answered on it, so that its loss is followed by an attempt at once. */
  proven(): void {
    this.#isProven = true;
  }

  /** Gives it up without a word, with what is still on its way, and opens it at once. */
  reset(): void {
    this.#leave()?.reset();
    this.#attempt();
  }

  /** Gives it up and opens it again. */
  drop(fault: LinkFault | undefined, error: Error | undefined): void {
    const { clock, random } = this.#options;
    const isSteady = this.#isProven || clock.now() - this.#openedAt >= STEADY_MS;
    if (this.#state === 'connected' && isSteady) this.#delays = backOffDelays(REOPEN, random);
    this.#leave()?.reset();
    this.open();
    this.#events.lost(fault, error);
  }

  /** Closes it, until it is opened again; `isIdle` says that nothing is still to be delivered. */
  close(isIdle: boolean): void {
    const transport = this.#leave();
    this.#state = 'closed';
    this.#delays = backOffDelays(REOPEN, this.#options.random);
    if (isIdle) transport?.end();
    else transport?.reset();
  }

  #attempt(): void {
    const { openTransport, openMs, clock } = this.#options;
    this.#state = 'connecting';
    this.#timer = clock.after(openMs, () => this.drop(undefined, new Error(`not open within ${openMs} ms`)));
    const transport = openTransport({
      connected: () => this.#transport === transport && this.#opened(),
      received: (bytes, length) => {
        if (this.#transport === transport) this.#events.received(bytes, length);
      },
      closed: (error) => {
        if (this.#transport === transport) this.drop(this.#state === 'connected' ? 'closed' : undefined, error);
      },
    });
    this.#transport = transport;
  }

  #opened(): void {
    this.#timer?.cancel();
    this.#state = 'connected';
    this.#openedAt = this.#options.clock.now();
    this.#isProven = false;
    this.#events.opened();
  }

  #leave(): Transport | undefined {
    const transport = this.#transport;
    this.#timer?.cancel();
    this.#transport = undefined;
    return transport;
  }
}
