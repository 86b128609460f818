import type { AddressType } from './address.ts';
import type { RadioConfig } from './central/radio.ts';
import type { ScanMode } from './central/scan-control.ts';

/** The Bluetooth adapter of the gateway. */
export interface BluetoothConfig {
  readonly radio: RadioConfig;
  /** Links at the same time. */
  readonly connections: number;
}

/** A device that the gateway connects to. */
export interface BlePeerConfig {
  readonly type: 'ble';
  /** As it is printed, in upper case. */
  readonly address: string;
  /** Absent: whichever is heard. */
  readonly addressType?: AddressType;
  /** Deadline of connecting, and of each thing that is asked of the device. */
  readonly timeoutMs: number;
  /** Whether the link is kept, or made when a module asks for something. */
  readonly connection: 'keep' | 'on-demand';
  /** How long a link on demand is kept when nobody needs it; 10 s unless given. */
  readonly idleMs?: number;
}

/** What the gateway hears of devices that it does not connect to. An absent list accepts all; of each list given one entry must match. */
export interface BleScanConfig {
  readonly type: 'ble-scan';
  readonly scan: ScanMode;
  /** UUIDs that are advertised, or that data are advertised for. */
  readonly services?: readonly string[];
  /** Company identifiers of manufacturer data. */
  readonly manufacturers?: readonly number[];
  /** How names begin. */
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  /** Weakest signal in dBm. */
  readonly rssiMin?: number;
  /** Shortest time between two advertisements of one sender. */
  readonly intervalMs: number;
  /** Most advertisements a second, of all senders. */
  readonly perSecond: number;
}

export type BleConfig = BlePeerConfig | BleScanConfig;
