/** Whether an address was assigned to the maker of a device, or the device chose it. */
export type AddressType = 'public' | 'random';

/** A device as a radio finds it. */
export interface PeerAddress {
  /** Six pairs of upper-case hexadecimal digits with colons, as printed on devices. */
  readonly address: string;
  readonly addressType: AddressType;
}

export const ADDRESS_PATTERN = /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/;
export const ADDRESS_BYTES = 6;

/** The address whose bytes lie at `at`, lowest first, as controllers send them. */
export function readAddress(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = at + ADDRESS_BYTES - 1; i >= at; i--) text += `${hexOf(bytes[i]!)}${i > at ? ':' : ''}`;
  return text;
}

/** The address whose bytes lie at `at` in the order in which it is printed. */
export function readPrintedAddress(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = at; i < at + ADDRESS_BYTES; i++) text += `${i > at ? ':' : ''}${hexOf(bytes[i]!)}`;
  return text;
}

/** Writes an address as it is printed, highest byte first. */
export function writeAddress(address: string, into: Uint8Array, at: number): void {
  for (let i = 0; i < ADDRESS_BYTES; i++) into[at + i] = Number.parseInt(address.slice(3 * i, 3 * i + 2), 16);
}

const hexOf = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
