import type { Clock, Timer } from '../clock.ts';
import { DeviceHealth, type LastError } from '../device-health.ts';
import type { DriverEvents } from '../driver.ts';
import type { Central } from './central/central.ts';
import type { Claim } from './central/claim.ts';
import type { LinkLoss } from './central/gatt-link.ts';
import type { BlePeerConfig } from './config.ts';

/** A device that is wanted and not linked for so long is said to be away. */
const AWAY_MS = 10_000;

/** A device that the gateway connects to, and what it takes part in. */
export interface BlePeerOptions {
  readonly name: string;
  readonly config: BlePeerConfig;
  readonly central: Central;
  readonly events: DriverEvents;
  readonly clock: Clock;
}

/** What is counted and said of the link to one device. */
export class LinkReports {
  readonly counters = { connections: 0, connectFailures: 0, connectionsLost: 0, timeouts: 0, badAnswers: 0 };
  readonly #options: BlePeerOptions;
  readonly #health: DeviceHealth;
  #away: Timer | undefined;

  constructor(options: BlePeerOptions) {
    this.#options = options;
    this.#health = new DeviceHealth(options.name, options.clock, options.events.log);
  }

  get last(): LastError | undefined {
    return this.#health.last;
  }

  /** A link is wanted, and there is none: a device that cannot be heard is said to be away. */
  missing(claim: Claim): void {
    const { clock, central, config } = this.#options;
    this.#away ??= clock.after(AWAY_MS, () => {
      this.#away = undefined;
      this.missing(claim);
      // One that is heard only waits for its turn.
      if (central.isReady && !claim.wasHeard(AWAY_MS))
        this.#health.report('DEVICE_UNREACHABLE', `${config.address} cannot be heard`);
    });
  }

  /** There is one, or none is wanted any more. */
  settled(): void {
    this.#away?.cancel();
    this.#away = undefined;
  }

  opened(): void {
    this.settled();
    this.counters.connections++;
    this.#health.connected();
  }

  answered(): void {
    this.#health.answered();
  }

  failed(reason: string, isNeeded: boolean): void {
    const { central, config } = this.#options;
    this.counters.connectFailures++;
    if (central.isReady && isNeeded)
      this.#health.report('DEVICE_UNREACHABLE', `${config.address} is there and cannot be connected to (${reason})`);
  }

  /** One that somebody needs has ended. */
  lost(loss: LinkLoss, reason: string): void {
    const { address, timeoutMs } = this.#options.config;
    if (loss !== 'turn') this.counters.connectionsLost++;
    switch (loss) {
      case 'timeout':
        this.counters.timeouts++;
        this.#health.report('DEVICE_TIMEOUT', `no answer within ${timeoutMs} ms; the link is given up`);
        return;
      case 'violation':
        this.counters.badAnswers++;
        this.#health.report('DEVICE_PROTOCOL', `what it sent breaks the rules: ${reason}; the link is given up`);
        return;
      case 'closed':
        this.#health.report('DEVICE_UNREACHABLE', `the link to ${address} is lost (${reason})`);
        return;
      case 'turn':
      case 'radio':
        return;
      default:
        loss satisfies never;
    }
  }
}
