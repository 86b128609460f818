/** An address where the gateway is a Modbus TCP server for clients such as a local SCADA. */
export interface ModbusServerConfig {
  readonly type: 'modbus-server';
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Unit ids that are answered, all with the same registers. */
  readonly unitIds: readonly number[];
  /** Addresses and networks, such as `10.0.0.0/24`, that may connect; absent: all that can. */
  readonly clients?: readonly string[];
  /** Clients at the same time. */
  readonly maxClients: number;
  /** Longest time without a request, after which a client is disconnected. */
  readonly idleMs: number;
  /** What a client may ask in the long run, with a burst of one second; one that asks more is read more slowly. */
  readonly requestsPerSecond: number;
  /** Age at which a value that a module has set is not told any more; 0: none. */
  readonly staleAfterMs: number;
  /** How long a write waits for its module, after which it is dropped. */
  readonly writeExpiryMs: number;
}
