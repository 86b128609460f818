/** Registers of one Modbus server that belong to a module. */
export interface ModbusServerGrant {
  /** Name of a device. */
  readonly device: string;
  /** Address texts of what clients may read, and the module sets. */
  readonly offer: readonly string[];
  /** Address texts of what clients may write, which the module is told. */
  readonly accept: readonly string[];
}
