// The base of short UUIDs: 0000xxxx-0000-1000-8000-00805f9b34fb [Bluetooth Core 5.4, Vol 3, Part B, 2.5.1].
const BASE_TAIL = '00001000800000805f9b34fb';
const SHORT = /^[0-9a-fA-F]{4}$/;
const LONG = /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/;

export const UUID_BYTES = 16;

/**
 * The one spelling of a UUID: four lower-case digits when it is a short one, else 32 of them; undefined for what is none.
 * Dashes and upper case are accepted.
 */
export function canonicalUuid(text: string): string | undefined {
  const digits = text.replaceAll('-', '').toLowerCase();
  if (SHORT.test(text)) return digits;
  if (!LONG.test(text)) return undefined;
  return digits.startsWith('0000') && digits.endsWith(BASE_TAIL) ? digits.slice(4, 8) : digits;
}

/** The 16 bytes of a canonical UUID, highest first. */
export function uuidBytes(canonical: string): Uint8Array {
  const digits = canonical.length === 4 ? `0000${canonical}${BASE_TAIL}` : canonical;
  return Uint8Array.from({ length: UUID_BYTES }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** The canonical UUID whose 16 bytes lie at `at`, highest first. */
export function readUuid(bytes: Uint8Array, at: number): string {
  let digits = '';
  for (let i = at; i < at + UUID_BYTES; i++) digits += bytes[i]!.toString(16).padStart(2, '0');
  return canonicalUuid(digits)!;
}

/** The canonical UUID whose 2, 4 or 16 bytes lie at `at`, lowest first, as in advertisements. */
export function readUuidReversed(bytes: Uint8Array, at: number, length: number): string {
  let digits = '';
  for (let i = at + length - 1; i >= at; i--) digits += bytes[i]!.toString(16).padStart(2, '0');
  return length === UUID_BYTES ? canonicalUuid(digits)! : canonicalUuid(`${digits.padStart(8, '0')}${BASE_TAIL}`)!;
}
