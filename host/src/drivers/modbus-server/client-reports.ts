import type { ErrorCode } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { DriverEvents } from '../driver.ts';

const TELL_EVERY_MS = 60_000;

/** What clients do that somebody should know, each with its code and its words. */
const MISDEEDS = {
  refused: ['CLIENT_DENIED', 'is not allowed to connect'],
  full: ['CLIENT_LIMIT', 'is one too many'],
  throttled: ['CLIENT_LIMIT', 'asks faster than it may'],
  slow: ['CLIENT_LIMIT', 'does not finish its request; it is disconnected'],
  unread: ['CLIENT_LIMIT', 'does not read its answers; it is disconnected'],
  garbage: ['CLIENT_PROTOCOL', 'does not speak Modbus; it is disconnected'],
  denied: ['CLIENT_DENIED', 'asked for registers that no module has'],
} as const satisfies Readonly<Record<string, readonly [ErrorCode, string]>>;

export type Misdeed = keyof typeof MISDEEDS;

interface Told {
  count: number;
  untold: number;
  toldAt: number;
}

/** Counts what clients do, and tells each kind at once at first, then at most once a minute with its number, whoever they are. */
export class ClientReports {
  readonly #device: string;
  readonly #clock: Clock;
  readonly #log: DriverEvents['log'];
  readonly #kinds = new Map<Misdeed, Told>();

  constructor(device: string, clock: Clock, log: DriverEvents['log']) {
    this.#device = device;
    this.#clock = clock;
    this.#log = log;
  }

  add(kind: Misdeed, client: string): void {
    const told = this.#kinds.get(kind) ?? { count: 0, untold: 0, toldAt: Number.NEGATIVE_INFINITY };
    this.#kinds.set(kind, told);
    told.count++;
    told.untold++;
    if (this.#clock.now() - told.toldAt < TELL_EVERY_MS) return;
    const [code, words] = MISDEEDS[kind];
    const more = told.untold === 1 ? '' : `; with others, ${told.untold} times`;
    this.#log('warning', `server "${this.#device}": the client ${client} ${words}${more}`, code);
    told.untold = 0;
    told.toldAt = this.#clock.now();
  }

  /** How often each has happened. */
  get counters(): Record<Misdeed, number> {
    const kinds = Object.keys(MISDEEDS) as Misdeed[];
    return Object.fromEntries(kinds.map((kind) => [kind, this.#kinds.get(kind)?.count ?? 0])) as Record<
      Misdeed,
      number
    >;
  }
}
