import type { Fields, Shape } from '../json/index.ts';

/** Names that a grant uses in one of its lists, and what the device has. */
export interface NamesUsed {
  readonly used: readonly string[];
  readonly known: Readonly<Record<string, unknown>>;
  /** As in `expected a poll of the device`. */
  readonly kind: string;
}

/** What files may say of a kind of devices; nothing of the driver itself is loaded for it. */
export interface DriverDescription<Grant, Config, Facts> {
  /** Members of a device in `gateway.json`, by its type. */
  readonly devices: Readonly<Record<string, Fields>>;
  /** One grant of a deployment; `items` as in `at most 64 grants on Modbus devices`. */
  readonly grant: { readonly shape: Shape<Grant>; readonly items: string; readonly text: string };
  /** Names of a grant that a device must have, by the member of the grant that lists them. */
  unknownNames(grant: Grant, device: Config): Readonly<Record<string, NamesUsed>>;
  /** What guards must know of the devices. */
  facts(devices: Readonly<Record<string, Config>>): Facts;
}
