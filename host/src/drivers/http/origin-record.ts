import type { ErrorCode } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { DriverEvents, WriteOutcome } from '../driver.ts';
import { DETAIL, type Detail } from './detail.ts';

/** How often a change for the worse is logged: behind a wildcard one host may fail and another may not. */
const LOG_EVERY_MS = 60_000;

type Counter = keyof ReturnType<typeof createCounters>;

/** What a failure counts as, and the code under which it is told. */
const FAULTS: Readonly<Record<Detail, readonly [Counter, ErrorCode]>> = {
  [DETAIL.nameNotFound]: ['connectFailures', 'DEVICE_UNREACHABLE'],
  [DETAIL.addressRefused]: ['denied', 'CAPABILITY_DENIED'],
  [DETAIL.notConnected]: ['connectFailures', 'DEVICE_UNREACHABLE'],
  [DETAIL.noTls]: ['connectFailures', 'DEVICE_UNREACHABLE'],
  [DETAIL.closed]: ['connectionsLost', 'DEVICE_CLOSED'],
  [DETAIL.notHttp]: ['badAnswers', 'DEVICE_PROTOCOL'],
  [DETAIL.redirectRefused]: ['denied', 'CAPABILITY_DENIED'],
  [DETAIL.noSecret]: ['connectFailures', 'SECRET_UNAVAILABLE'],
  [DETAIL.tooLate]: ['timeouts', 'DEVICE_TIMEOUT'],
};

/** What has happened between the gateway and one origin of a grant, and whether it works at the moment. */
export class OriginRecord {
  readonly #origin: string;
  readonly #clock: Clock;
  readonly #log: DriverEvents['log'];
  readonly #counters = createCounters();
  readonly #writes: Record<WriteOutcome, number> = { confirmed: 0, refused: 0, unknown: 0, expired: 0, dropped: 0 };
  #last: { readonly code: ErrorCode; readonly text: string; readonly time: number } | undefined;
  #told: ErrorCode | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(origin: string, clock: Clock, log: DriverEvents['log']) {
    this.#origin = origin;
    this.#clock = clock;
    this.#log = log;
  }

  count(counter: Counter): void {
    this.#counters[counter]++;
  }

  wrote(outcome: WriteOutcome): void {
    this.#writes[outcome]++;
  }

  /** The server gave an answer, whatever it says. */
  answered(): void {
    this.count('answers');
    if (this.#told === undefined) return;
    this.#told = undefined;
    this.#log('info', `${this.#origin} answers again`);
  }

  failed(detail: Detail, why: string): void {
    const [counter, code] = FAULTS[detail];
    this.count(counter);
    this.#last = { code, text: why, time: this.#clock.time() };
    // What is denied is told by module.
    if (counter === 'denied' || code === this.#told || this.#clock.now() - this.#toldAt < LOG_EVERY_MS) return;
    this.#told = code;
    this.#toldAt = this.#clock.now();
    this.#log('warning', `${this.#origin}: ${why}`, code);
  }

  status(): Record<string, unknown> {
    const last = this.#last;
    return { ...this.#counters, writes: { ...this.#writes }, ...(last === undefined ? {} : { lastError: last }) };
  }
}

function createCounters() {
  return {
    requests: 0,
    answers: 0,
    connectFailures: 0,
    connectionsLost: 0,
    timeouts: 0,
    badAnswers: 0,
    tooLong: 0,
    redirects: 0,
    denied: 0,
    full: 0,
    reads: 0,
  };
}
