import type { Clock } from '../clock.ts';
import { DeviceHealth } from '../device-health.ts';
import type { DriverEvents, WriteOutcome } from '../driver.ts';
import type { LinkFault } from './exchange.ts';

export interface DeviceRecordOptions {
  readonly name: string;
  /** What cannot be reached, and how that is said: `10.0.0.7 port 502 does not accept a connection`. */
  readonly unreachable: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: DriverEvents['log'];
}

/** What has happened to a device since the host started: counters, and whether anything is wrong at the moment. */
export class DeviceRecord {
  readonly #options: DeviceRecordOptions;
  readonly #health: DeviceHealth;
  readonly #counters = {
    connections: 0,
    connectFailures: 0,
    connectionsLost: 0,
    timeouts: 0,
    badAnswers: 0,
    reads: 0,
    exceptions: 0,
  };
  readonly #writes: Record<WriteOutcome, number> = { confirmed: 0, refused: 0, unknown: 0, expired: 0, dropped: 0 };

  constructor(options: DeviceRecordOptions) {
    this.#options = options;
    this.#health = new DeviceHealth(options.name, options.clock, options.log);
  }

  connected(): void {
    this.#counters.connections++;
    this.#health.connected();
  }

  answered(isException: boolean): void {
    if (isException) this.#counters.exceptions++;
    this.#health.answered();
  }

  /** A module asked for a read. */
  read(): void {
    this.#counters.reads++;
  }

  wrote(outcome: WriteOutcome): void {
    this.#writes[outcome]++;
  }

  /** The connection ended, or an attempt failed (no fault); `lost` requests were in flight. */
  down(fault: LinkFault | undefined, error: Error | undefined, lost: number): void {
    const why = error === undefined ? '' : ` (${reasonOf(error)})`;
    if (fault === undefined) this.#counters.connectFailures++;
    else this.#counters.connectionsLost++;
    switch (fault) {
      case undefined:
        this.#health.report('DEVICE_UNREACHABLE', `${this.#options.unreachable}${why}`);
        return;
      case 'closed':
        // A device may close a connection that nobody uses.
        if (lost > 0) this.#health.report('DEVICE_CLOSED', `closed the connection during a request${why}`);
        return;
      default:
        this.failed(fault);
    }
  }

  /** A request got no valid answer; whether the connection stays is of no matter. */
  failed(fault: LinkFault): void {
    switch (fault) {
      case 'timeout':
        this.#counters.timeouts++;
        this.#health.report('DEVICE_TIMEOUT', `no answer within ${this.#options.timeoutMs} ms`);
        return;
      case 'bad-answer':
        this.#counters.badAnswers++;
        this.#health.report('DEVICE_PROTOCOL', 'what it sent is not the answer to a request');
        return;
      case 'closed':
        return;
      default:
        fault satisfies never;
    }
  }

  status(): Record<string, unknown> {
    const { last } = this.#health;
    return { ...this.#counters, writes: { ...this.#writes }, ...(last === undefined ? {} : { lastError: last }) };
  }
}

/** The code of a system error such as ECONNREFUSED, which says more than the message of several addresses at once. */
function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
