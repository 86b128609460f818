import { BEAT_MS, type Health } from '../health/index.ts';
import type { Notification, ServiceManager } from './service-manager.ts';

/** Times that the watchdog is fed while it waits once: one may be late, and one lost. */
const FEEDS_PER_WATCHDOG = 4;
/** Longest line that `systemctl status` is to show. */
const STATUS_MAX = 200;

/** What a beat of the gateway says. */
export interface ServiceBeat {
  readonly isAnswered: boolean;
  readonly health: Health;
}

/**
 * Says to a service manager what follows from the beats of the gateway: that it is ready, how it is, and that it lives. Its watchdog is
 * fed by a beat in which every thread has answered, and by nothing else.
 */
export class ServiceReport {
  readonly #manager: Pick<ServiceManager, 'watchdogMs' | 'notify'>;
  readonly #now: () => number;
  #isReady = false;
  #status = '';
  #fedAt = Number.NEGATIVE_INFINITY;

  constructor(manager: Pick<ServiceManager, 'watchdogMs' | 'notify'>, now: () => number = () => performance.now()) {
    this.#manager = manager;
    this.#now = now;
  }

  /** How often it must hear a beat. */
  get beatEveryMs(): number {
    return Math.min(BEAT_MS, this.#feedEveryMs);
  }

  get #feedEveryMs(): number {
    return (this.#manager.watchdogMs ?? Number.POSITIVE_INFINITY) / FEEDS_PER_WATCHDOG;
  }

  beat({ isAnswered, health }: ServiceBeat): void {
    const notification: Notification = {
      ...this.#ready(health),
      ...this.#statusLine(statusText(health)),
      ...this.#life(isAnswered),
    };
    if (Object.keys(notification).length > 0) this.#manager.notify(notification);
  }

  /** The host ends in order. */
  stopping(): void {
    this.#manager.notify({ STOPPING: '1', STATUS: 'stopping in order' });
  }

  #ready({ ready }: Health): Notification {
    if (this.#isReady || !ready) return {};
    this.#isReady = true;
    return { READY: '1' };
  }

  #statusLine(text: string): Notification {
    if (text === this.#status) return {};
    this.#status = text;
    return { STATUS: text };
  }

  /** Beats may come more often than the watchdog needs to be fed. */
  #life(isAnswered: boolean): Notification {
    // A beat that comes a little early must not make it wait for the next.
    const isEarly = this.#now() - this.#fedAt < this.#feedEveryMs - this.beatEveryMs / 2;
    if (this.#manager.watchdogMs === undefined || !isAnswered || isEarly) return {};
    this.#fedAt = this.#now();
    return { WATCHDOG: '1' };
  }
}

/** One line for `systemctl status`. */
function statusText({ modules, uplink, reasons }: Health): string {
  const running = modules.filter(({ state }) => state === 'running').length;
  const parts = [`${running} of ${modules.length} modules run`];
  if (uplink?.connected === true) parts.push('uplink connected');
  return [...parts, ...reasons].join('; ').slice(0, STATUS_MAX);
}
