import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  LineDevices,
  Link,
  loadSerialPort,
  type ModbusConfig,
  openTcpTransport,
  type SerialLines,
  systemClock,
} from '../../../../host/src/drivers/modbus/commissioning.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { UnitClient, type Way } from './unit-client.ts';

/** Where a device is, as the configuration of a gateway has it: the options of the command line are turned into the same. */
export interface PlaceConfig {
  readonly config: ModbusConfig;
  readonly lines: SerialLines;
}

/** A unit may answer so many times its deadline after it. */
const LATE_FACTOR = 2;
const CLOSE_MAX_MS = 2_000;
const SERIAL_TEXT =
  'serial ports need the package "serialport", which is not installed: npm install serialport@13 in the folder of gatehouse or one above';

type SerialPort = InstanceType<Awaited<ReturnType<typeof loadSerialPort>>>;

/** A place where units are: each has a connection of its own over TCP, on a line they share one. */
export class Place {
  readonly config: ModbusConfig;
  readonly #lines: LineDevices;
  readonly #keepsOpen: UnitClient | undefined;
  readonly #ports: SerialPort[] = [];

  private constructor({ config, lines }: PlaceConfig) {
    this.config = config;
    this.#lines = new LineDevices({
      lines,
      clock: systemClock,
      random: Math.random,
      openTransport: openTcpTransport,
      loadSerialPort: () => this.#loadSerialPort(),
    });
    // A line closes with its last unit; opening it anew for each would cost time, and device servers may refuse that.
    if (config.type !== 'modbus-tcp') this.#keepsOpen = this.client();
  }

  /** @throws GatehouseError SERIAL_MISSING */
  static async open(place: PlaceConfig): Promise<Place> {
    if (place.config.type === 'modbus-rtu') {
      await loadSerialPort().catch((cause) => {
        throw new GatehouseError('SERIAL_MISSING', SERIAL_TEXT, { cause });
      });
    }
    return new Place(place);
  }

  /** One unit, the configured one unless said otherwise. */
  client(unitId = this.config.unitId): UnitClient {
    return new UnitClient(() => this.#wayTo({ ...this.config, unitId }));
  }

  /** Resolves when a port is free again: it is locked until then, also for this process. */
  async close(): Promise<void> {
    this.#keepsOpen?.close();
    const signal = AbortSignal.timeout(CLOSE_MAX_MS);
    const closing = this.#ports.filter((port) => port.closing).map((port) => once(port, 'close', { signal }));
    await Promise.allSettled(closing);
  }

  /**
   * Waits until no answer can come any more to a request that was not answered in time: on a line nothing says which request an
   * answer belongs to. Over TCP the connection was given up.
   */
  async outwait(timeoutMs: number, stop?: AbortSignal): Promise<void> {
    if (this.config.type === 'modbus-tcp') return;
    await delay(LATE_FACTOR * timeoutMs, undefined, stop === undefined ? {} : { signal: stop }).catch(() => undefined);
  }

  async #loadSerialPort() {
    const Port = await loadSerialPort();
    const ports = this.#ports;
    const Tracked = class extends Port {
      constructor(...options: ConstructorParameters<typeof Port>) {
        super(...options);
        ports.push(this as unknown as SerialPort);
      }
    };
    return Tracked as unknown as typeof Port;
  }

  #wayTo(config: ModbusConfig): Way {
    if (config.type !== 'modbus-tcp') return this.#lines.wayTo(config);
    const options = { ...config, clock: systemClock, random: Math.random, openTransport: openTcpTransport };
    return { timeoutMs: config.timeoutMs, createLink: (events) => new Link(options, events) };
  }
}
