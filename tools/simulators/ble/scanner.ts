import type { Controller } from './controller.ts';
import { type DeviceAddress, isSameAddress } from './device-address.ts';
import { ADVERTISEMENT, STATUS, type Status } from './hci-codes.ts';
import type { AdvertisingReport } from './hci-events.ts';

/** What one device sends at one advertising event. */
export interface Advertisement {
  readonly from: Controller;
  readonly type: number;
  readonly address: DeviceAddress;
  readonly data: Buffer;
  readonly scanResponse: Buffer;
  readonly rssiDbm: number;
}

//  0 type | 1 interval | 3 window | 5 own address type | 6 filter policy

/** Whether the scan is active, or the status to refuse its parameters with. */
export function decodeScanParameters(bytes: Buffer): { readonly isActive: boolean } | Status {
  const [type, interval, window] = [bytes[0]!, bytes.readUInt16LE(1), bytes.readUInt16LE(3)];
  if (type > 1 || interval < 4 || interval > 0x4000 || window < 4 || window > interval) return STATUS.invalidParameters;
  if (bytes[5]! > 1 || bytes[6] !== 0) return STATUS.unsupported;
  return { isActive: type === 1 };
}

/** Chooses what of the advertisements around a device its host is told. */
export class Scanner {
  isActive = false;
  isOn = false;
  #isFiltering = false;
  /** Whom the host knows already since the scan began, and by which address. */
  readonly #known = new Map<Controller, DeviceAddress>();

  start(isFiltering: boolean): void {
    this.isOn = true;
    this.#isFiltering = isFiltering;
    this.#known.clear();
  }

  stop(): void {
    this.isOn = false;
    this.#known.clear();
  }

  reset(): void {
    this.stop();
    this.isActive = false;
  }

  /** Reports for one advertisement: none, the advertisement, or with its scan response when the scan is active. */
  reportsOf({ from, type, address, data, scanResponse, rssiDbm }: Advertisement): AdvertisingReport[] {
    if (!this.isOn || this.#isKnown(from, address)) return [];
    const report = { type, address, data, rssiDbm };
    if (!this.isActive || type === ADVERTISEMENT.nonConnectable) return [report];
    return [report, { type: ADVERTISEMENT.scanResponse, address, data: scanResponse, rssiDbm }];
  }

  #isKnown(from: Controller, address: DeviceAddress): boolean {
    if (!this.#isFiltering) return false;
    const known = this.#known.get(from);
    if (known !== undefined && isSameAddress(known, address)) return true;
    this.#known.set(from, address);
    return false;
  }
}
