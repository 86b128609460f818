import type { ErrorCode } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { DriverEvents } from './driver.ts';

export interface LastError {
  readonly code: ErrorCode;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What is wrong with a device at the moment. It is said once when it begins or changes, and once when it is over. */
export class DeviceHealth {
  readonly #device: string;
  readonly #clock: Clock;
  readonly #log: DriverEvents['log'];
  #current: ErrorCode | undefined;
  #last: LastError | undefined;

  constructor(device: string, clock: Clock, log: DriverEvents['log']) {
    this.#device = device;
    this.#clock = clock;
    this.#log = log;
  }

  get last(): LastError | undefined {
    return this.#last;
  }

  report(code: ErrorCode, text: string): void {
    this.#last = { code, text, time: this.#clock.time() };
    if (code === this.#current) return;
    this.#current = code;
    this.#log('warning', `device "${this.#device}": ${text}`, code);
  }

  /** A connection alone proves only that the device can be reached. */
  connected(): void {
    if (this.#current === 'DEVICE_UNREACHABLE') this.answered();
  }

  answered(): void {
    if (this.#current === undefined) return;
    this.#current = undefined;
    this.#log('info', `device "${this.#device}" can be reached again`);
  }
}
