import { STATUS } from '../../abi/constants.ts';
import { GatehouseError } from '../../errors.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Driver, DriverEvents, RequestCaller } from '../driver.ts';
import type { DeviceGrants } from '../grants.ts';
import { type LoadSerialPort, loadSerialPort } from '../load-serial-port.ts';
import type { ModuleSession } from '../module-session.ts';
import { readAddressText } from './address-text.ts';
import type { ModbusConfig, SerialLines } from './config.ts';
import { POLL_VALUES_MAX } from './config-shape.ts';
import { FailSafes } from './fail-safes.ts';
import type { ModbusGrant } from './grant.ts';
import { EMPTY_PAYLOAD } from './job.ts';
import { LineDevices, type WayToDevice } from './line-devices.ts';
import { lineProblems } from './line-shape.ts';
import { Link } from './link.ts';
import { ModbusDevice } from './modbus-device.ts';
import type { RegisterRange } from './register-range.ts';
import { decodeModbusRequest, isForDevice } from './request-codec.ts';
import { BROADCAST } from './rtu/rtu-frame.ts';
import { openTcpTransport } from './tcp-transport.ts';
import type { OpenTransport } from './transport.ts';
import { WriteShare } from './write-share.ts';

export interface ModbusDriverOptions {
  /** Devices by name. */
  readonly devices: Readonly<Record<string, ModbusConfig>>;
  /** Serial lines by name. */
  readonly lines?: SerialLines;
  readonly events: DriverEvents;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random?: () => number;
  readonly openTransport?: OpenTransport;
  readonly loadSerialPort?: LoadSerialPort;
}

/** What the driver knows of a module. */
interface ModuleRecord {
  session: ModuleSession;
  grants: readonly ModbusGrant[];
}

/** All Modbus devices of the gateway. Each has a connection of its own, so that none delays another; units of a line share it. */
export class ModbusDriver implements Driver {
  readonly #options: ModbusDriverOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #modules = new Map<string, ModuleRecord>();
  readonly #failSafes: FailSafes;
  readonly #lines: LineDevices;
  #devices: readonly ModbusDevice[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: ModbusDriverOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#lines = new LineDevices({
      lines: options.lines ?? {},
      clock: this.#clock,
      random: this.#random,
      openTransport: options.openTransport ?? openTcpTransport,
      loadSerialPort: options.loadSerialPort ?? loadSerialPort,
    });
    this.#failSafes = new FailSafes({
      deviceOf: (name) => this.#devices.find((device) => device.name === name),
      clock: this.#clock,
      random: this.#random,
      log: options.events.log,
    });
  }

  /** @throws GatehouseError GATEWAY_INVALID for a poll or a line that the decoder of the configuration would have refused */
  async open(): Promise<void> {
    const [problem] = lineProblems(this.#options.devices, this.#options.lines ?? {});
    if (problem !== undefined) {
      const path = `devices.${problem.device}.${problem.member}`;
      throw new GatehouseError('GATEWAY_INVALID', `${path}: ${problem.message}`, { details: { path } });
    }
    this.#devices = Object.entries(this.#options.devices).map(([name, config]) => this.#createDevice(name, config));
    for (const device of this.#devices) device.open();
  }

  request(caller: RequestCaller, payload: Uint8Array): void {
    const request = decodeModbusRequest(payload);
    const device = request && this.#devices.find((each) => isForDevice(payload, each.nameBytes));
    if (request === undefined) caller.answer(STATUS.invalid, 0, EMPTY_PAYLOAD);
    else if (device === undefined) caller.answer(STATUS.notFound, 0, EMPTY_PAYLOAD);
    else device.request(request, this.#record(caller.module).session, caller);
  }

  moduleStarted(module: string, { modbus = [] }: DeviceGrants): void {
    this.#record(module).grants = modbus;
    this.#failSafes.end(module);
  }

  moduleDown(module: string, grants?: DeviceGrants): void {
    const record = this.#record(module);
    this.#endSession(record, false);
    if (grants !== undefined) record.grants = grants.modbus ?? [];
    if (this.#closing === undefined) this.#failSafes.begin(module, record.grants);
  }

  moduleStopped(module: string): void {
    this.#failSafes.end(module);
    const record = this.#modules.get(module);
    if (record === undefined) return;
    this.#endSession(record, true);
    this.#modules.delete(module);
  }

  status(): Record<string, unknown> {
    return Object.fromEntries(
      this.#devices.map((device) => [
        device.name,
        { ...device.status(), failSafes: this.#failSafes.statusOf(device.name) },
      ]),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#failSafes.endAll();
    await Promise.all(this.#devices.map((device) => device.close()));
  }

  #record(module: string): ModuleRecord {
    let record = this.#modules.get(module);
    if (record === undefined) {
      record = { session: { module, isOver: false }, grants: [] };
      this.#modules.set(module, record);
    }
    return record;
  }

  #endSession(record: ModuleRecord, isOrderly: boolean): void {
    const { session } = record;
    session.isOver = true;
    record.session = { module: session.module, isOver: false };
    for (const device of this.#devices) device.endSession(session, isOrderly);
  }

  #createDevice(name: string, config: ModbusConfig): ModbusDevice {
    const { events } = this.#options;
    const polls = new Map(
      Object.entries(config.polls).map(([poll, { registers }]) => [
        poll,
        readPoll(registers, `devices.${name}.polls.${poll}.registers`),
      ]),
    );
    const way = config.type === 'modbus-tcp' ? this.#connectionOf(config) : this.#lines.wayTo(config);
    const isBroadcast = config.type !== 'modbus-tcp' && config.unitId === BROADCAST;
    return new ModbusDevice({ ...way, name, config, polls, isBroadcast, events, clock: this.#clock });
  }

  #connectionOf(config: Extract<ModbusConfig, { type: 'modbus-tcp' }>): WayToDevice {
    const { host, port, unitId, timeoutMs } = config;
    const { openTransport = openTcpTransport } = this.#options;
    return {
      timeoutMs,
      place: { host, port, unitId },
      unreachable: `${host} port ${port} does not accept a connection`,
      share: new WriteShare(),
      createLink: (events) => new Link({ ...config, clock: this.#clock, random: this.#random, openTransport }, events),
    };
  }
}

function readPoll(registers: readonly string[], path: string): RegisterRange[] {
  const ranges = registers.map((text, index) => readAddressText(text, 'GATEWAY_INVALID', `${path}[${index}]`));
  const values = ranges.reduce((sum, { count }) => sum + count, 0);
  if (values < 1 || values > POLL_VALUES_MAX) {
    const expected = `1 to ${POLL_VALUES_MAX} registers in all`;
    throw new GatehouseError('GATEWAY_INVALID', `${path}: expected ${expected}, got ${values}`, { details: { path } });
  }
  return ranges;
}
