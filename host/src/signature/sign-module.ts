import { createHash, type KeyObject, sign } from 'node:crypto';
import { GatehouseError } from '../errors.ts';
import { SIGNATURE_LIMITS } from '../limits.ts';
import { findSignature, PREAMBLE_BYTES, signatureHeader } from './find-signature.ts';
import { parsePublicKey, publicKeyText } from './public-key.ts';
import {
  encodeSignatureSection,
  type SignatureLayout,
  type SignatureRecord,
  signedMessage,
} from './signature-section.ts';
import { readSignature } from './verify-module.ts';

export interface SignOptions {
  /** `document` unless the module has signatures already, whose layout stays. */
  readonly layout?: SignatureLayout | undefined;
  /** Takes the place of all signatures that the module has. */
  readonly replace?: boolean;
}

/**
 * The module with a signature over everything but the signature section. Signatures of other keys stay; that of the same key
 * is replaced by the same one, as Ed25519 gives one signature for one message.
 *
 * @throws GatehouseError as `readSignature` for a module whose signatures are broken, unless they are replaced
 */
export function signModule(module: Uint8Array, privateKey: KeyObject, options: SignOptions = {}): Uint8Array {
  const text = publicKeyText(privateKey);
  const publicKey = text === undefined ? undefined : parsePublicKey(text);
  if (publicKey === undefined) throw new GatehouseError('CLI_USAGE', 'expected an Ed25519 private key');
  const place = findSignature(module);
  const rest = module.subarray(place?.end ?? PREAMBLE_BYTES);
  const former = place === undefined || options.replace === true ? undefined : readSignature(module);
  const hash = createHash('sha256').update(rest).digest();
  const own: SignatureRecord = { keyId: publicKey.id, signature: sign(null, signedMessage(hash), privateKey) };
  const others = (former?.signatures ?? []).filter(({ signature }) => Buffer.compare(signature, own.signature) !== 0);
  if (others.length === SIGNATURE_LIMITS.signatures)
    throw new GatehouseError('SIGNATURE_MALFORMED', `a module has at most ${SIGNATURE_LIMITS.signatures} signatures`);
  const layout = options.layout ?? former?.layout ?? 'document';
  const content = encodeSignatureSection({ layout, hash, signatures: [...others, own] });
  return Buffer.concat([module.subarray(0, PREAMBLE_BYTES), signatureHeader(content.byteLength), content, rest]);
}
