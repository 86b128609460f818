import { createHash } from 'node:crypto';
import { GatehouseError } from '../errors.ts';
import { findSignature } from './find-signature.ts';
import { isSignedBy, type PublicKey } from './public-key.ts';
import {
  decodeSignatureSection,
  type SignatureRecord,
  type SignatureSection,
  signedMessage,
} from './signature-section.ts';

const NOT_SIGNED =
  'the module is not signed; "gatehouse sign" signs it, and with allowUnsigned in its configuration the gateway runs it as it is';

/**
 * Reads the signature of a module and makes sure that the rest of the module is what its hash says. Nothing is said yet about
 * who signed.
 *
 * @throws GatehouseError SIGNATURE_MISSING, SIGNATURE_MALFORMED, SIGNATURE_PARTIAL, SIGNATURE_INVALID if the module was changed,
 *   a code WASM_... if it is no sequence of sections
 */
export function readSignature(module: Uint8Array): SignatureSection {
  const place = findSignature(module);
  if (place === undefined) throw new GatehouseError('SIGNATURE_MISSING', NOT_SIGNED);
  const section = decodeSignatureSection(module, place.contentStart, place.end);
  const hash = createHash('sha256').update(module.subarray(place.end)).digest();
  if (hash.equals(section.hash)) return section;
  throw new GatehouseError('SIGNATURE_INVALID', 'the module was changed after it was signed: its hash is another', {
    details: { signed: Buffer.from(section.hash).toString('hex'), got: hash.toString('hex') },
  });
}

/**
 * Those of some keys that signed a module, in their order.
 *
 * @throws GatehouseError as `readSignature`; SIGNATURE_INVALID if a signature says that it is by one of the keys and is not;
 *   SIGNATURE_UNTRUSTED if none of the keys signed
 */
export function verifyModule<Key extends PublicKey>(module: Uint8Array, keys: readonly Key[]): Key[] {
  const { hash, signatures } = readSignature(module);
  const message = signedMessage(hash);
  const signers = new Set(signatures.flatMap((record) => signersOf(record, message, keys)));
  if (signers.size > 0) return keys.filter((key) => signers.has(key));
  const why = keys.length === 0 ? 'the gateway trusts no key' : 'no trusted key signed the module';
  throw new GatehouseError('SIGNATURE_UNTRUSTED', why, {
    details: { keyIds: signatures.map(({ keyId }) => Buffer.from(keyId).toString('hex')) },
  });
}

/** The key id narrows the search down, so that a file full of signatures does not cost much; it is not believed. */
function signersOf<Key extends PublicKey>(
  { keyId, signature }: SignatureRecord,
  message: Uint8Array,
  keys: readonly Key[],
): Key[] {
  const named = keys.filter(({ id }) => Buffer.compare(id, keyId) === 0);
  const signers = (named.length > 0 ? named : keys).filter((key) => isSignedBy(key, message, signature));
  if (named.length === 0 || signers.length > 0) return signers;
  const text = `a signature says that it is by the key ${Buffer.from(keyId).toString('hex')}, and is not`;
  throw new GatehouseError('SIGNATURE_INVALID', text, { details: { keyId: Buffer.from(keyId).toString('hex') } });
}
