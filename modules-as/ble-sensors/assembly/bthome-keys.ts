import { log, Start } from '@gatehouse/sdk';
import { parseHex } from './address';
import { BtHomeKey } from './bthome-key';

const PREFIX = 'BTHOME_KEY_';
const KEY_BYTES: i32 = 16;
const ADDRESS_BYTES: i32 = 6;

/**
 * Keys of devices whose BTHome data is encrypted, from the module's environment: `BTHOME_KEY_5448E68F80A5` has the key of the device with
 * that address, 32 hexadecimal digits. They are not in the twin, which others may read.
 */
export class BtHomeKeys {
  private keys: Map<string, BtHomeKey> = new Map<string, BtHomeKey>();

  read(start: Start): void {
    const environment = start.environments;
    while (environment.next()) {
      const name = environment.key;
      if (!name.startsWith(PREFIX)) continue;
      const address = parseHex(name.substring(PREFIX.length), ADDRESS_BYTES, '');
      const key = parseHex(environment.value, KEY_BYTES, '');
      if (address === null || key === null) log.error(name + ': expected 12 digits of an address, and 32 of a key');
      else this.keys.set(name.substring(PREFIX.length).toUpperCase(), new BtHomeKey(key, address));
    }
  }

  /** The key of the device with an address as it is printed, or null. */
  of(address: string): BtHomeKey | null {
    const digits = address.replaceAll(':', '');
    return this.keys.has(digits) ? this.keys.get(digits) : null;
  }
}
