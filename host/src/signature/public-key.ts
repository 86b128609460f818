import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

const PREFIX = 'ed25519:';
const RAW_BYTES = 32;
const KEY_ID_BYTES = 8;

/** How a public key is written in a file: `ed25519:` and its 32 bytes in base64. */
export const PUBLIC_KEY_PATTERN = /^ed25519:[A-Za-z0-9+/]{43}=$/;

/** An Ed25519 public key. Two are the same if their texts are. */
export interface PublicKey {
  readonly text: string;
  /** First 8 bytes of the SHA-256 of the key: tells keys apart for people and in signatures, and decides nothing. */
  readonly id: Uint8Array;
  readonly key: KeyObject;
}

/**
 * Reads a public key from its text form; undefined if it is not one, or one that proves nothing: for a point of small order
 * anyone can make signatures.
 */
export function parsePublicKey(text: string): PublicKey | undefined {
  if (!PUBLIC_KEY_PATTERN.test(text)) return undefined;
  const raw = Buffer.from(text.slice(PREFIX.length), 'base64');
  if (`${PREFIX}${raw.toString('base64')}` !== text || hasSmallOrder(raw)) return undefined;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
    return { text, id: keyIdOf(raw), key: createPublicKey({ key: jwk, format: 'jwk' }) };
  } catch {
    return undefined;
  }
}

/** The text form of the public half of a key; undefined for another algorithm than Ed25519. */
export function publicKeyText(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return `${PREFIX}${Buffer.from(x ?? '', 'base64url').toString('base64')}`;
}

/** Whether an Ed25519 signature over a message is that of a key. */
export function isSignedBy({ key }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, message, key, signature);
}

const keyIdOf = (raw: Uint8Array): Uint8Array => createHash('sha256').update(raw).digest().subarray(0, KEY_ID_BYTES);

/** Encodings of the points whose order divides 8, without the bit of the sign: y is 0, 1, -1 and two others, or that plus p. */
const SMALL_ORDER = [
  `${'00'.repeat(RAW_BYTES)}`,
  `01${'00'.repeat(RAW_BYTES - 1)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(RAW_BYTES - 2)}7f`,
  `ed${'ff'.repeat(RAW_BYTES - 2)}7f`,
  `ee${'ff'.repeat(RAW_BYTES - 2)}7f`,
];

function hasSmallOrder(raw: Buffer): boolean {
  const unsigned = Buffer.from(raw);
  unsigned[RAW_BYTES - 1]! &= 0x7f;
  return SMALL_ORDER.includes(unsigned.toString('hex'));
}
