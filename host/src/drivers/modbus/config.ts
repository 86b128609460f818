import type { PriorityName } from './priority.ts';

/** What every Modbus device has, however it is reached. */
interface ModbusUnitConfig {
  readonly unitId: number;
  /** Registers or coils that a poll reads over and throws away in order to need fewer requests. */
  readonly maxGap: number;
  readonly polls: Readonly<Record<string, ModbusPoll>>;
}

/** A Modbus device, or a unit behind a Modbus gateway, reached over TCP. */
export interface ModbusTcpConfig extends ModbusUnitConfig {
  readonly type: 'modbus-tcp';
  readonly host: string;
  readonly port: number;
  /** Deadline of one request, and of connecting. */
  readonly timeoutMs: number;
  /** Requests sent before the first answer has come. */
  readonly inFlight: number;
}

/** A unit on a serial line behind a device server, which hands the frames of the line over TCP as they are. */
export interface ModbusRtuTcpConfig extends ModbusUnitConfig {
  readonly type: 'modbus-rtu-tcp';
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** Time that all units are given after a broadcast. */
  readonly turnaroundMs: number;
}

/** A unit on a serial line of the gateway itself. */
export interface ModbusRtuConfig extends ModbusUnitConfig {
  readonly type: 'modbus-rtu';
  /** Name of a line. */
  readonly line: string;
  /** Deadline of one request, when not that of the line. */
  readonly timeoutMs?: number;
}

export type ModbusConfig = ModbusTcpConfig | ModbusRtuTcpConfig | ModbusRtuConfig;

/** A serial line of the gateway, which units share. */
export interface SerialLine {
  /** Path of the port, such as `/dev/ttyUSB0`. */
  readonly path: string;
  readonly baudRate: number;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
  /** Deadline of one request to a unit that has none of its own. */
  readonly timeoutMs: number;
  /** Time that all units are given after a broadcast. */
  readonly turnaroundMs: number;
}

export type SerialLines = Readonly<Record<string, SerialLine>>;

/** A set of registers that the host reads at an interval as long as some module subscribes to it. */
export interface ModbusPoll {
  /** Ranges, as in grants. */
  readonly registers: readonly string[];
  readonly intervalMs: number;
  /** Which of the polls that are due goes first; `normal` unless given. */
  readonly priority?: PriorityName;
}
