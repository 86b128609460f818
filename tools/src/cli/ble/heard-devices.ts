import { type Advertised, type Advertisement, readAdvertised } from '../../../../host/src/drivers/ble/commissioning.ts';

/** A device that was heard, with what it says of itself now. */
export interface HeardDevice extends Advertised {
  readonly address: string;
  readonly addressType: string;
  readonly isConnectable: boolean;
  /** Of the newest advertisement, in dBm; undefined when the adapter does not say. */
  readonly rssi: number | undefined;
  readonly count: number;
}

interface Heard {
  newest: Advertisement;
  data: Uint8Array;
  response: Uint8Array;
  isConnectable: boolean;
  count: number;
}

/** Most devices that are listed; in a crowd the addresses of telephones change all the time. */
const DEVICES_MAX = 1_000;
const RSSI_UNKNOWN = 127;
const NOTHING = new Uint8Array();

/** What a scan has heard, by device: an advertisement and the answer to a scan are two halves. */
export class HeardDevices {
  readonly #heard = new Map<string, Heard>();
  #left = 0;

  /** Advertisements of devices for which there was no room. */
  get left(): number {
    return this.#left;
  }

  hear(advertisement: Advertisement): void {
    const { address, isScanResponse, isConnectable, data } = advertisement;
    let heard = this.#heard.get(address);
    if (heard === undefined) {
      if (this.#heard.size >= DEVICES_MAX) {
        this.#left++;
        return;
      }
      heard = { newest: advertisement, data: NOTHING, response: NOTHING, isConnectable: false, count: 0 };
      this.#heard.set(address, heard);
    }
    heard.newest = advertisement;
    heard.count++;
    if (isScanResponse) heard.response = data;
    else {
      heard.data = data;
      heard.isConnectable = isConnectable;
    }
  }

  /** In the order in which they were first heard. */
  list(): HeardDevice[] {
    return [...this.#heard.values()].map(({ newest, data, response, isConnectable, count }) => ({
      ...readAdvertised(data, response),
      address: newest.address,
      addressType: newest.addressType,
      rssi: newest.rssi === RSSI_UNKNOWN ? undefined : newest.rssi,
      isConnectable,
      count,
    }));
  }
}
