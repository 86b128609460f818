import type { AirClock, AirTimer } from './air-clock.ts';
import type { AddressType } from './device-address.ts';
import { ADVERTISEMENT, STATUS, type Status } from './hci-codes.ts';

const INTERVAL_UNIT_MS = 0.625;
const INTERVAL_MIN = 0x0020;
const INTERVAL_MAX = 0x4000;
const DATA_MAX = 31;
const TYPES: ReadonlySet<number> = new Set([
  ADVERTISEMENT.connectable,
  ADVERTISEMENT.scannable,
  ADVERTISEMENT.nonConnectable,
]);

export interface AdvertisingParameters {
  readonly intervalMs: number;
  /** Values of `ADVERTISEMENT`. */
  readonly type: number;
  readonly ownAddressType: AddressType;
}

const DEFAULTS: AdvertisingParameters = { intervalMs: 1280, type: ADVERTISEMENT.connectable, ownAddressType: 0 };

//  0 shortest interval | 2 longest | 4 type | 5 own address type | 6 peer address type | 7 peer | 13 channels | 14 filter policy

/** Reads the parameters, or gives the status to refuse them with: directed advertising, lists and private addresses are not offered. */
export function decodeAdvertisingParameters(bytes: Buffer): AdvertisingParameters | Status {
  const [shortest, longest] = [bytes.readUInt16LE(0), bytes.readUInt16LE(2)];
  const [type, ownAddressType, channels, filter] = [bytes[4]!, bytes[5]!, bytes[13]!, bytes[14]!];
  if (shortest < INTERVAL_MIN || longest > INTERVAL_MAX || shortest > longest) return STATUS.invalidParameters;
  if (ownAddressType > 3 || channels === 0 || channels > 7 || type > 4 || filter > 3) return STATUS.invalidParameters;
  if (!TYPES.has(type) || ownAddressType > 1 || filter !== 0) return STATUS.unsupported;
  return { intervalMs: shortest * INTERVAL_UNIT_MS, type, ownAddressType: ownAddressType as AddressType };
}

/** Advertising or scan response data: a length and always 31 bytes, of which so many count. Undefined for a longer one. */
export function decodeAdvertisingData(bytes: Buffer): Buffer | undefined {
  const byteLength = bytes[0]!;
  return byteLength > DATA_MAX ? undefined : Buffer.from(bytes.subarray(1, 1 + byteLength));
}

/** Says what a device advertises, again and again at its interval, while it is on. */
export class Advertiser {
  parameters = DEFAULTS;
  data: Buffer = Buffer.alloc(0);
  scanResponse: Buffer = Buffer.alloc(0);
  readonly #clock: AirClock;
  readonly #onEvent: () => void;
  #timer: AirTimer | undefined;

  /** `onEvent` is called at each advertising event. */
  constructor(clock: AirClock, onEvent: () => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins with an event at once; one that is on begins anew. */
  start(): void {
    this.stop();
    this.#repeat();
    this.#onEvent();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  reset(): void {
    this.stop();
    this.parameters = DEFAULTS;
    this.data = Buffer.alloc(0);
    this.scanResponse = Buffer.alloc(0);
  }

  #repeat(): void {
    this.#timer = this.#clock.after(this.parameters.intervalMs, () => {
      this.#repeat();
      this.#onEvent();
    });
  }
}
