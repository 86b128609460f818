/** Access to one device of Bluetooth. Places are written `service` or `service/characteristic`, with UUIDs of 4 or 32 digits. */
export interface BleGrant {
  /** Name of a device of the gateway configuration. */
  readonly device: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Where the module may subscribe to notifications and indications. */
  readonly notify: readonly string[];
  /** Whether it gets the advertisements that the device hears, which is then one of type `ble-scan`. */
  readonly advertisements: boolean;
}
