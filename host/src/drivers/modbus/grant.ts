/** Access to one Modbus device. Ranges are written `table:first` or `table:first-last`, with zero-based addresses. */
export interface ModbusGrant {
  /** Name of a device of the gateway configuration. */
  readonly device: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Names of the device's polls that the module may subscribe to. */
  readonly poll: readonly string[];
  /** Whether the module may ask what the device is. */
  readonly identification?: boolean;
  readonly failSafe?: FailSafe;
}

/** A write that the host makes itself when the module has been down for some time. */
export interface FailSafe {
  /** One coil or holding register. */
  readonly address: string;
  readonly value: number;
  readonly afterSeconds: number;
}
