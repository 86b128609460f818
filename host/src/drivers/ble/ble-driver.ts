import { STATUS } from '../../abi/constants.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Driver, DriverEvents, RequestCaller } from '../driver.ts';
import { type ModuleSession, ModuleSessions } from '../module-session.ts';
import { isForDevice } from '../named-device.ts';
import { auditOfBytes } from '../write-audit.ts';
import { BleDevice } from './ble-device.ts';
import type { BleJob } from './ble-job.ts';
import { BleScanner } from './ble-scanner.ts';
import { Central } from './central/central.ts';
import type { OpenRadio } from './central/radio.ts';
import type { BleConfig, BluetoothConfig } from './config.ts';
import { type BleRequest, decodeBleRequest } from './request-codec.ts';
import { EMPTY_PAYLOAD, Subscriber } from './subscriber.ts';

export { openNobleRadio } from './radio/noble-radio.ts';

export interface BleDriverOptions {
  readonly bluetooth: BluetoothConfig;
  readonly devices: Readonly<Record<string, BleConfig>>;
  readonly events: DriverEvents;
  readonly openRadio: OpenRadio;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random?: () => number;
}

type Transfer = Extract<BleRequest, { kind: 'read' | 'write' }>;

/** All devices of Bluetooth of the gateway, which share its adapter. */
export class BleDriver implements Driver {
  readonly #options: BleDriverOptions;
  readonly #clock: Clock;
  readonly #central: Central;
  readonly #devices: readonly BleDevice[];
  readonly #scanners: readonly BleScanner[];
  readonly #sessions = new ModuleSessions();
  #closing: Promise<void> | undefined;

  constructor(options: BleDriverOptions) {
    const { bluetooth, devices, events, openRadio, clock = systemClock, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    const central = new Central({ ...bluetooth, openRadio, clock, random, log: events.log });
    this.#central = central;
    const entries = Object.entries(devices);
    this.#devices = entries.flatMap(([name, config]) =>
      config.type === 'ble' ? [new BleDevice({ name, config, central, events, clock })] : [],
    );
    this.#scanners = entries.flatMap(([name, config]) =>
      config.type === 'ble-scan' ? [new BleScanner({ name, config, central, clock })] : [],
    );
  }

  async open(): Promise<void> {
    this.#central.open();
    for (const device of this.#devices) device.open();
  }

  request(caller: RequestCaller, payload: Uint8Array): void {
    const request = decodeBleRequest(payload);
    const isNamed = ({ nameBytes }: { readonly nameBytes: Uint8Array }): boolean => isForDevice(payload, nameBytes);
    const device = request && this.#devices.find(isNamed);
    const scanner = request && this.#scanners.find(isNamed);
    if (request === undefined) caller.answer(STATUS.invalid, 0, EMPTY_PAYLOAD);
    else if (device !== undefined) this.#ask(device, request, caller);
    else if (scanner !== undefined) this.#listen(scanner, request, caller);
    else caller.answer(STATUS.notFound, 0, EMPTY_PAYLOAD);
  }

  moduleStarted(): void {}

  moduleDown(module: string): void {
    this.#endSession(module, false);
  }

  moduleStopped(module: string): void {
    this.#endSession(module, true);
  }

  status(): Record<string, unknown> {
    return {
      // No device has a colon in its name.
      'bluetooth:adapter': this.#central.status(),
      ...Object.fromEntries([...this.#devices, ...this.#scanners].map((device) => [device.name, device.status()])),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const device of [...this.#devices, ...this.#scanners]) device.close();
    await this.#central.close();
  }

  #ask(device: BleDevice, request: BleRequest, caller: RequestCaller): void {
    const session = this.#sessions.of(caller.module);
    switch (request.kind) {
      case 'read':
      case 'write':
        device.add(this.#jobOf(device, request, session, caller));
        return;
      case 'subscribe':
        device.subscribe(request.path, new Subscriber(caller, session));
        return;
      case 'connection':
        device.observe(new Subscriber(caller, session));
        return;
      case 'unsubscribe':
        answerEnded(caller, device.unsubscribe(request.path, session));
        return;
      case 'advertisements':
        caller.answer(STATUS.notFound, 0, EMPTY_PAYLOAD);
        return;
      default:
        request satisfies never;
    }
  }

  #listen(scanner: BleScanner, request: BleRequest, caller: RequestCaller): void {
    const session = this.#sessions.of(caller.module);
    if (request.kind === 'advertisements') scanner.subscribe(new Subscriber(caller, session));
    else if (request.kind === 'unsubscribe') answerEnded(caller, scanner.endSession(session, true));
    else caller.answer(STATUS.notFound, 0, EMPTY_PAYLOAD);
  }

  #jobOf(device: BleDevice, request: Transfer, session: ModuleSession, caller: RequestCaller): BleJob {
    const askedAt = this.#clock.now() - (caller.ageMs ?? 0);
    const { path } = request;
    const isWrite = request.kind === 'write';
    const data = isWrite ? request.data : EMPTY_PAYLOAD;
    const address = `${path.service}/${path.characteristic}`;
    const written = { module: caller.module, device: device.name, address, data, askedAt };
    return {
      kind: !isWrite ? 'read' : request.withResponse ? 'write' : 'writeWithoutResponse',
      path,
      data,
      session,
      expiresAt: askedAt + request.expiryMs,
      ended: (ending) => {
        if (isWrite) {
          device.wrote(ending.outcome);
          this.#options.events.audit(auditOfBytes(written, ending, this.#clock));
        }
        if (!session.isOver) caller.answer(ending.status, ending.detail, ending.value ?? EMPTY_PAYLOAD);
      },
    };
  }

  #endSession(module: string, isOrderly: boolean): void {
    const session = this.#sessions.end(module);
    if (session === undefined) return;
    for (const device of this.#devices) device.endSession(session, isOrderly);
    for (const scanner of this.#scanners) scanner.endSession(session, false);
  }
}

/** How many subscriptions ended is the detail. */
function answerEnded(caller: RequestCaller, count: number): void {
  caller.answer(count > 0 ? STATUS.ok : STATUS.notFound, count, EMPTY_PAYLOAD);
}
