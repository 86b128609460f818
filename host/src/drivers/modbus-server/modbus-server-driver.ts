import { STATUS } from '../../abi/constants.ts';
import type { ErrorCode } from '../../errors.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Driver, DriverEvents, RequestCaller, WriteOutcome } from '../driver.ts';
import { formatRange } from '../modbus/register-range.ts';
import { isForDevice } from '../named-device.ts';
import type { ClientWrite } from './client-write.ts';
import type { ModbusServerConfig } from './config.ts';
import type { ModbusServerGrant } from './grant.ts';
import { gatewayIdentification } from './identification.ts';
import type { OpenListener } from './listener.ts';
import { ModbusServer } from './modbus-server.ts';
import { ModuleRegisters } from './module-registers.ts';
import { decodeModbusServerRequest } from './request-codec.ts';
import { openTcpListener } from './tcp-listener.ts';

const EMPTY = new Uint8Array(0);

/** What a write that no module got is reported as. */
const CODES: { readonly [Outcome in WriteOutcome]?: ErrorCode } = { expired: 'WRITE_EXPIRED' };

export interface ModbusServerDriverOptions {
  readonly devices: Readonly<Record<string, ModbusServerConfig>>;
  /** What modules are granted, by module; no two of them have a register in common. */
  readonly grants: Readonly<Record<string, readonly ModbusServerGrant[]>>;
  /** What clients are told of the gateway: the version of the host, and the id. */
  readonly version: string;
  readonly deviceId: string;
  readonly events: DriverEvents;
  readonly openListener?: OpenListener;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random?: () => number;
}

interface Device {
  readonly nameBytes: Uint8Array;
  readonly server: ModbusServer;
  readonly registers: ModuleRegisters;
}

/** All Modbus servers of the gateway. */
export class ModbusServerDriver implements Driver {
  readonly #options: ModbusServerDriverOptions;
  readonly #clock: Clock;
  readonly #devices: readonly Device[];

  constructor(options: ModbusServerDriverOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#devices = Object.entries(options.devices).map(([name, config]) => this.#createDevice(name, config));
  }

  async open(): Promise<void> {
    for (const { server } of this.#devices) server.open();
  }

  /** The port that a server listens on, while it does. */
  portOf(device: string): number | undefined {
    return this.#devices.find(({ server }) => server.name === device)?.server.port;
  }

  request({ module, answer }: RequestCaller, payload: Uint8Array): void {
    const request = decodeModbusServerRequest(payload);
    const device = request && this.#devices.find(({ nameBytes }) => isForDevice(payload, nameBytes));
    if (request === undefined) answer(STATUS.invalid, 0, EMPTY);
    else if (device === undefined) answer(STATUS.notFound, 0, EMPTY);
    else if (request.kind === 'set') {
      const isSet = device.registers.set(module, request.table, request.address, request.values);
      answer(isSet ? STATUS.ok : STATUS.denied, 0, EMPTY);
    } else {
      const queue = device.registers.queueOf(module);
      if (queue === undefined) answer(STATUS.denied, 0, EMPTY);
      else queue.take({ answer: (status, write) => answer(status, 0, write) }, request.waitMs);
    }
  }

  moduleStarted(module: string): void {
    for (const { registers } of this.#devices) registers.started(module);
  }

  moduleDown(module: string): void {
    for (const { registers } of this.#devices) registers.ended(module);
  }

  moduleStopped(module: string): void {
    for (const { registers } of this.#devices) registers.ended(module);
  }

  status(): Record<string, unknown> {
    return Object.fromEntries(
      this.#devices.map(({ server, registers }) => [server.name, { ...server.status(), waiting: registers.waiting }]),
    );
  }

  async close(): Promise<void> {
    for (const { server, registers } of this.#devices) {
      server.close();
      registers.close();
    }
  }

  #createDevice(name: string, config: ModbusServerConfig): Device {
    const { grants, events, openListener = openTcpListener, random = Math.random } = this.#options;
    const identification = gatewayIdentification(this.#options.version, this.#options.deviceId);
    const clock = this.#clock;
    const own = Object.entries(grants).map(
      ([module, all]) => [module, all.filter(({ device }) => device === name)] as const,
    );
    const registers: ModuleRegisters = new ModuleRegisters({
      grants: Object.fromEntries(own.filter(([, all]) => all.length > 0)),
      ...{ clock, staleAfterMs: config.staleAfterMs, writeExpiryMs: config.writeExpiryMs },
      ended: (module, write, outcome) => {
        server.wrote(outcome);
        this.#audit(name, module, write, outcome);
      },
    });
    const server: ModbusServer = new ModbusServer({
      ...{ name, config, registers, identification, events, clock, random, openListener },
    });
    return { nameBytes: new TextEncoder().encode(name), server, registers };
  }

  #audit(device: string, module: string, write: ClientWrite, outcome: WriteOutcome): void {
    const { table, address, values, client } = write;
    const tookMs = this.#clock.now() - write.at;
    const code = CODES[outcome];
    this.#options.events.audit({
      ...{ origin: 'client', client, module, device },
      address: formatRange({ table, address, count: values.length }),
      values: [...values],
      ...{ time: this.#clock.time() - tookMs, tookMs, sent: outcome === 'confirmed', outcome, detail: 0 },
      ...(code === undefined ? {} : { code }),
    });
  }
}
