import { STATUS } from '../../abi/constants.ts';
import { type OpenStream, openStream } from '../../mqtt/open-stream.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Driver, RequestCaller } from '../driver.ts';
import type { LeafEvents } from '../leaf-message.ts';
import { ModuleSessions } from '../module-session.ts';
import { isForDevice } from '../named-device.ts';
import { auditOfBytes } from '../write-audit.ts';
import { BrokerBridge } from './broker/broker-bridge.ts';
import type { MqttConfig } from './config.ts';
import { Intake } from './intake.ts';
import { MqttListener } from './listener/mqtt-listener.ts';
import type { MqttDevice } from './mqtt-device.ts';
import { decodeMqttRequest, type MqttRequest } from './request-codec.ts';

const EMPTY = new Uint8Array(0);

export interface MqttDriverOptions {
  readonly deviceId: string;
  readonly devices: Readonly<Record<string, MqttConfig>>;
  readonly events: LeafEvents;
  /** @throws GatehouseError SECRET_UNAVAILABLE */
  readonly readSecret: (name: string) => Promise<string>;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random?: () => number;
  readonly openStream?: OpenStream;
}

/** All brokers and listeners of the gateway. */
export class MqttDriver implements Driver {
  readonly #options: MqttDriverOptions;
  readonly #clock: Clock;
  readonly #devices: readonly MqttDevice[];
  readonly #sessions = new ModuleSessions();

  constructor(options: MqttDriverOptions) {
    const { devices, events, clock = systemClock, random = Math.random } = options;
    const intake = new Intake(clock, (message) => events.message(message));
    const shared = { openStream, ...options, clock, random, intake };
    this.#options = options;
    this.#clock = clock;
    this.#devices = Object.entries(devices).map(([name, config]) =>
      config.type === 'mqtt-broker'
        ? new BrokerBridge({ ...shared, name, config })
        : new MqttListener({ ...shared, name, config }),
    );
  }

  async open(): Promise<void> {
    for (const device of this.#devices) device.open();
  }

  request(caller: RequestCaller, payload: Uint8Array): void {
    const request = decodeMqttRequest(payload);
    const device = request && this.#devices.find(({ nameBytes }) => isForDevice(payload, nameBytes));
    if (request === undefined) caller.answer(STATUS.invalid, 0, EMPTY);
    else if (device === undefined) caller.answer(STATUS.notFound, 0, EMPTY);
    else this.#publish(device, request, caller);
  }

  moduleStarted(): void {}

  moduleDown(module: string): void {
    const session = this.#sessions.end(module);
    if (session !== undefined) for (const device of this.#devices) device.forget(session);
  }

  moduleStopped(module: string): void {
    this.#sessions.end(module);
  }

  status(): Record<string, unknown> {
    return Object.fromEntries(this.#devices.map((device) => [device.name, device.status()]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()));
  }

  #publish(device: MqttDevice, { expiryMs, ...request }: MqttRequest, caller: RequestCaller): void {
    const session = this.#sessions.of(caller.module);
    const askedAt = this.#clock.now() - (caller.ageMs ?? 0);
    const { topic: address, payload: data } = request;
    const written = { module: caller.module, device: device.name, address, data, askedAt };
    device.publish({
      ...request,
      session,
      expiresAt: askedAt + expiryMs,
      ended: (ending) => {
        this.#options.events.audit(auditOfBytes(written, ending, this.#clock));
        if (!session.isOver) caller.answer(ending.status, ending.detail ?? 0, EMPTY);
      },
    });
  }
}
