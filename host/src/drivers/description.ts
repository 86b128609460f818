import type { Fields, Shape } from '../json/index.ts';
import type { BluetoothConfig } from './ble/config.ts';
import type { SerialLines } from './modbus/config.ts';

/** Names that a grant uses in one of its members, and what there is. */
export interface NamesUsed {
  readonly used: readonly string[];
  readonly known: Readonly<Record<string, unknown>>;
  /** As in `expected a poll of the device`. */
  readonly kind: string;
}

/** What files may say of a capability; nothing of the driver itself is loaded for it. */
export interface DriverDescription<Grant> {
  /** One grant of a deployment; `items` as in `at most 64 grants on Modbus devices`. */
  readonly grant: { readonly shape: Shape<Grant>; readonly items: string; readonly text: string };
}

/** A grant of a module, and where it is among those of its capability. */
export interface GrantOfModule<Grant> {
  readonly module: string;
  readonly index: number;
  readonly grant: Grant;
}

/** A grant that another module's excludes. */
export interface GrantConflict {
  readonly module: string;
  readonly index: number;
  readonly member: string;
  readonly message: string;
}

/** What devices share. */
export interface Surroundings {
  readonly lines: SerialLines;
  /** The adapter of this gateway; undefined: it has none. */
  readonly bluetooth: BluetoothConfig | undefined;
}

/** A device that does not fit to itself, to others, or to what they share. */
export interface DeviceProblem {
  /** An error unless it is said. */
  readonly severity?: 'error' | 'warning';
  readonly device: string;
  readonly member: string;
  readonly message: string;
}

/** The serial port that a device needs: that of a line, by its name, or one of its own. */
export type PortUse = { readonly line: string } | { readonly path: string };

/** Where a device waits for connections. */
export interface ListenAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** The same for one that speaks to devices which files describe. */
export interface DeviceDriverDescription<Grant, Config, Facts> extends DriverDescription<Grant> {
  /** Members of a device in either file, by its type. */
  readonly devices: Readonly<Record<string, Fields>>;
  /** Names of a grant that a device must have, by the member of the grant that lists them. */
  unknownNames(grant: Grant, device: Config): Readonly<Record<string, NamesUsed>>;
  /** What a grant says that a device of this kind cannot do. */
  misfit?(grant: Grant, device: Config): { readonly member: string; readonly message: string } | undefined;
  /** Grants, of modules in the order of the file, that exclude each other; absent: any go together. */
  conflicts?(grants: readonly GrantOfModule<Grant>[]): readonly GrantConflict[];
  /** Devices that do not fit together; absent: any do. */
  deviceProblems?(devices: Readonly<Record<string, Config>>, around: Surroundings): readonly DeviceProblem[];
  /** The serial port of a device; absent, or undefined: it has none. */
  port?(device: Config): PortUse | undefined;
  /** Where a device waits for connections; absent, or undefined: nowhere. */
  listensOn?(device: Config): ListenAddress | undefined;
  /** What guards must know of the devices. */
  facts(devices: Readonly<Record<string, Config>>): Facts;
}
