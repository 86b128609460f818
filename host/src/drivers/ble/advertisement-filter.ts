import { type Advertised, readAdvertised } from './ad-structures.ts';
import type { BleScanConfig } from './config.ts';

const UNKNOWN_RSSI = 127;

/** What a `ble-scan` lets through: of every filter that it has, one entry must match. */
export class AdvertisementFilter {
  readonly #config: BleScanConfig;
  readonly #looksInside: boolean;

  constructor(config: BleScanConfig) {
    this.#config = config;
    this.#looksInside = [config.services, config.manufacturers, config.names].some((entries) => entries !== undefined);
  }

  /** Whether a sender can match at all, whatever it says. */
  acceptsSender(address: string, rssi: number): boolean {
    const { addresses, rssiMin = Number.NEGATIVE_INFINITY } = this.#config;
    return (rssi >= rssiMin || rssi === UNKNOWN_RSSI) && (addresses === undefined || addresses.includes(address));
  }

  /** Whether what it says in advertisement and scan response matches. */
  acceptsContent(data: Uint8Array, response: Uint8Array): boolean {
    return !this.#looksInside || this.#accepts(readAdvertised(data, response));
  }

  #accepts({ services, manufacturers, name }: Advertised): boolean {
    const config = this.#config;
    return (
      (config.services === undefined || config.services.some((uuid) => services.has(uuid))) &&
      (config.manufacturers === undefined || config.manufacturers.some((company) => manufacturers.has(company))) &&
      (config.names === undefined || config.names.some((start) => name?.startsWith(start) === true))
    );
  }
}
