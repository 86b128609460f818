import type { ErrorCode } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import { Denials } from '../denials.ts';
import type { DriverEvents } from '../driver.ts';

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

/** Counts what clients do, and tells each kind at once at first, then at most once a minute with its number, whoever they are. */
export class ClientReports {
  /** How often each has happened. */
  readonly counters: Record<Misdeed, number> = {
    refused: 0,
    full: 0,
    throttled: 0,
    slow: 0,
    unread: 0,
    garbage: 0,
    denied: 0,
  };
  readonly #device: string;
  readonly #told: Denials;

  constructor(device: string, clock: Clock, log: DriverEvents['log']) {
    this.#device = device;
    this.#told = new Denials(clock, (kind, text, count) => {
      const more = count === 1 ? '' : `; with others, ${count} times`;
      log('warning', `${text}${more}`, MISDEEDS[kind as Misdeed][0]);
    });
  }

  add(kind: Misdeed, client: string): void {
    this.counters[kind]++;
    this.#told.add(kind, `server "${this.#device}": the client ${client} ${MISDEEDS[kind][1]}`);
  }
}
