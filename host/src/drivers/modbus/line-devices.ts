import type { Clock } from '../clock.ts';
import type { LoadSerialPort } from '../load-serial-port.ts';
import type { ModbusConfig, SerialLines } from './config.ts';
import type { DeviceLink, LinkEvents } from './device-link.ts';
import { lineOf } from './line-shape.ts';
import { Line } from './rtu/line.ts';
import { SERVER_TIMING, serialTiming } from './rtu/line-timing.ts';
import { LineUnit } from './rtu/line-unit.ts';
import { serialTransport } from './rtu/serial-transport.ts';
import type { OpenTransport } from './transport.ts';
import { WriteShare } from './write-share.ts';

export interface LineDevicesOptions {
  readonly lines: SerialLines;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openTransport: OpenTransport;
  readonly loadSerialPort: LoadSerialPort;
}

/** How a device is reached, and what is said of that. */
export interface WayToDevice {
  readonly timeoutMs: number;
  readonly place: Readonly<Record<string, unknown>>;
  readonly unreachable: string;
  readonly createLink: (events: LinkEvents) => DeviceLink;
  readonly share: WriteShare;
}

/** What the units of a line have in common. */
interface SharedLine {
  readonly line: Line;
  readonly share: WriteShare;
}

type LineConfig = Exclude<ModbusConfig, { type: 'modbus-tcp' }>;

const SERIAL_OPEN_MS = 5_000;

/** The lines of a driver; devices on the same one share it. */
export class LineDevices {
  readonly #options: LineDevicesOptions;
  readonly #lines = new Map<string, SharedLine>();

  constructor(options: LineDevicesOptions) {
    this.#options = options;
  }

  wayTo(config: LineConfig): WayToDevice {
    const { lines, clock, random } = this.#options;
    const { line, share } = this.#lineOf(config);
    const { unitId } = config;
    const link = (timeoutMs: number, turnaroundMs: number) => (events: LinkEvents) =>
      new LineUnit(line, { unitId, timeoutMs, turnaroundMs, clock, random }, events);
    if (config.type === 'modbus-rtu-tcp') {
      const { host, port, timeoutMs, turnaroundMs } = config;
      return {
        timeoutMs,
        place: { host, port, unitId },
        unreachable: `${host} port ${port} does not accept a connection`,
        createLink: link(timeoutMs, turnaroundMs),
        share,
      };
    }
    const { path, timeoutMs, turnaroundMs } = lines[config.line]!;
    return {
      timeoutMs: config.timeoutMs ?? timeoutMs,
      place: { line: config.line, path, unitId },
      unreachable: `the line "${config.line}" at ${path} cannot be opened`,
      createLink: link(config.timeoutMs ?? timeoutMs, turnaroundMs),
      share,
    };
  }

  #lineOf(config: LineConfig): SharedLine {
    const name = lineOf(config);
    let shared = this.#lines.get(name);
    if (shared === undefined) {
      shared = { line: this.#createLine(config), share: new WriteShare() };
      this.#lines.set(name, shared);
    }
    return shared;
  }

  #createLine(config: LineConfig): Line {
    const { lines, clock, random, openTransport, loadSerialPort } = this.#options;
    if (config.type === 'modbus-rtu-tcp') {
      const { host, port, timeoutMs } = config;
      const open = openTransport.bind(undefined, host, port);
      return new Line({
        timing: SERVER_TIMING,
        openTransport: open,
        openMs: timeoutMs,
        holdsBack: true,
        clock,
        random,
      });
    }
    const serial = lines[config.line]!;
    return new Line({
      timing: serialTiming(serial),
      openTransport: serialTransport(serial, loadSerialPort),
      openMs: SERIAL_OPEN_MS,
      holdsBack: false,
      clock,
      random,
    });
  }
}
