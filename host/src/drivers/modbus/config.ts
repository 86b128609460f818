/** A Modbus device, or a unit behind a Modbus gateway, reached over TCP. */
export interface ModbusTcpConfig {
  readonly type: 'modbus-tcp';
  readonly host: string;
  readonly port: number;
  readonly unitId: number;
  /** Deadline of one request, and of connecting. */
  readonly timeoutMs: number;
  /** Requests sent before the first answer has come. */
  readonly inFlight: number;
  /** Registers or coils that a poll reads over and throws away in order to need fewer requests. */
  readonly maxGap: number;
  readonly polls: Readonly<Record<string, ModbusPoll>>;
}

/** A set of registers that the host reads at an interval as long as some module subscribes to it. */
export interface ModbusPoll {
  /** Ranges, as in grants. */
  readonly registers: readonly string[];
  readonly intervalMs: number;
}
