import { STATUS } from '../../abi/constants.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Driver, DriverEvents, RequestCaller } from '../driver.ts';
import { ModuleSessions } from '../module-session.ts';
import { isForDevice } from '../named-device.ts';
import type { OpenPort } from '../serial-port.ts';
import { auditOfBytes } from '../write-audit.ts';
import type { SerialConfig } from './config.ts';
import { decodeSerialRequest, type SerialRequest } from './request-codec.ts';
import { SerialDevice } from './serial-device.ts';

export { openSerialPort } from '../serial-port.ts';

const EMPTY = new Uint8Array(0);

export interface SerialDriverOptions {
  readonly devices: Readonly<Record<string, SerialConfig>>;
  readonly events: DriverEvents;
  readonly openPort: OpenPort;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random?: () => number;
}

/** All serial ports of the gateway. */
export class SerialDriver implements Driver {
  readonly #options: SerialDriverOptions;
  readonly #clock: Clock;
  readonly #devices: readonly SerialDevice[];
  readonly #sessions = new ModuleSessions();

  constructor(options: SerialDriverOptions) {
    const { devices, clock = systemClock, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#devices = Object.entries(devices).map(
      ([name, config]) => new SerialDevice({ ...options, name, config, clock, random }),
    );
  }

  async open(): Promise<void> {
    for (const device of this.#devices) device.open();
  }

  request(caller: RequestCaller, payload: Uint8Array): void {
    const request = decodeSerialRequest(payload);
    const device = request && this.#devices.find(({ nameBytes }) => isForDevice(payload, nameBytes));
    if (request === undefined) caller.answer(STATUS.invalid, 0, EMPTY);
    else if (device === undefined) caller.answer(STATUS.notFound, 0, EMPTY);
    else if (request.kind === 'subscribe')
      device.subscribe(this.#sessions.of(caller.module), (frame) => caller.answer(STATUS.ok, 0, frame));
    else this.#write(device, request, caller);
  }

  moduleStarted(): void {}

  moduleDown(module: string): void {
    this.#endSession(module, false);
  }

  moduleStopped(module: string): void {
    this.#endSession(module, true);
  }

  status(): Record<string, unknown> {
    return Object.fromEntries(this.#devices.map((device) => [device.name, device.status()]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()));
  }

  #write(device: SerialDevice, request: Exclude<SerialRequest, { kind: 'subscribe' }>, caller: RequestCaller): void {
    const { kind, data } = request;
    const session = this.#sessions.of(caller.module);
    const askedAt = this.#clock.now() - (caller.ageMs ?? 0);
    const address = `${data.byteLength} bytes`;
    const written = { module: caller.module, device: device.name, address, data, askedAt };
    device.add({
      kind,
      data,
      session,
      expiresAt: askedAt + request.expiryMs,
      ended: (ending) => {
        this.#options.events.audit(auditOfBytes(written, ending, this.#clock));
        if (!session.isOver) caller.answer(ending.status, 0, ending.frame ?? EMPTY);
      },
    });
  }

  #endSession(module: string, isOrderly: boolean): void {
    const session = this.#sessions.end(module);
    if (session === undefined) return;
    for (const device of this.#devices) device.endSession(session, isOrderly);
  }
}
