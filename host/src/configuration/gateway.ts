import type { BluetoothConfig, DeviceConfig, SerialLines } from '../drivers/index.ts';
import type { Secrets } from '../secrets/index.ts';
import type { PublicKey } from '../signature/index.ts';

/** What is true of one gateway and not of the deployment: who it is, its hub, its devices. Holds addresses and secrets. */
export interface GatewayConfig {
  readonly deviceId: string;
  /** Absent: the gateway works without a hub, and what goes upstream is counted and dropped. */
  readonly uplink?: UplinkConfig;
  readonly devices: Readonly<Record<string, DeviceConfig>>;
  /** Serial lines that devices share. */
  readonly lines?: SerialLines;
  /** The Bluetooth adapter; devices of Bluetooth need it. */
  readonly bluetooth?: BluetoothConfig;
  /** Modules run whether they are signed or not. */
  readonly allowUnsigned: boolean;
  /** Absent: no key is trusted. */
  readonly trust?: TrustConfig;
  /** Absolute path of the folder for what the host remembers; absent: nothing outlives the process. */
  readonly stateFolder?: string;
  /** Absent: security events are in the ordinary log only. */
  readonly securityLog?: SecurityLogConfig;
  /** What headers of grants name; absent: none. */
  readonly secrets?: Secrets;
  /** Absent: as usual. */
  readonly http?: HttpConfig;
  /** Absent: nothing listens. */
  readonly metrics?: MetricsConfig;
}

/** What holds for all requests of modules over HTTP. */
export interface HttpConfig {
  /** Absolute path of a PEM file with the authorities to trust instead of Node's own. */
  readonly ca?: string;
}

/** A file for security events. */
export interface SecurityLogConfig {
  /** Absolute path. */
  readonly file: string;
  readonly maxBytes: number;
  readonly files: number;
}

/** Where counters and health are served. */
export interface MetricsConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Whose modules may run. */
export interface TrustConfig {
  /** Absolute path of the list of trusted keys. */
  readonly file: string;
  /** Any one of these must have signed the list. */
  readonly rootKeys: readonly PublicKey[];
}

/** The hub or broker that takes what routes send to `$upstream`. */
export interface UplinkConfig {
  /** `mqtts://host[:port]` or `mqtt://host[:port]`, nothing behind the port. */
  readonly url: string;
  /** Name of the hub in user names and SAS audiences; the host of `url` unless the file says otherwise. */
  readonly hostName: string;
  readonly authentication: UplinkAuthentication;
  /** Absolute path of a PEM file with the authorities to trust instead of Node's own. */
  readonly ca?: string;
  /** Room for messages that wait for the hub, in bytes. */
  readonly queueBytes: number;
  readonly keepAliveSeconds: number;
  /** One connection for each sending identity, one for all, or by what the hub announces. */
  readonly connections: 'auto' | 'per-identity' | 'shared';
}

export type UplinkAuthentication =
  | { readonly type: 'none' }
  | { readonly type: 'password'; readonly username: string; readonly password: string }
  /** `key` is the shared access key in base64. */
  | { readonly type: 'sas'; readonly key: string }
  /** Absolute paths of PEM files. */
  | { readonly type: 'x509'; readonly certificate: string; readonly key: string };
