import { createHash, type KeyObject, sign } from 'node:crypto';
import { GatehouseError } from '../errors.ts';
import { isSignedBy, type PublicKey, parsePublicKey, publicKeyText } from './public-key.ts';

/** A key and the names of modules it may sign for. */
export interface TrustedKey extends PublicKey {
  readonly modules: readonly string[];
  /** Printable ASCII. */
  readonly comment?: string;
}

/** The keys that a gateway trusts, as its operator wrote them. */
export interface TrustList {
  /** Grows with every change; a gateway takes no list older than the newest it has seen. */
  readonly version: number;
  readonly keys: readonly TrustedKey[];
}

/** A list with what its root key says about it. */
export interface SignedTrustList extends TrustList {
  readonly rootKey: PublicKey;
  readonly signature: Uint8Array;
}

/**
 * What a root key signs: the line `gatehouse-trust 1` and the list as JSON without white space, members in the order shown
 * here. The meaning is signed and not the text, so that a file may be formatted; all of it is ASCII.
 */
export function trustListMessage({ version, keys }: TrustList): Uint8Array {
  const members = keys.map(({ text, modules, comment }) => ({
    key: text,
    modules,
    ...(comment === undefined ? {} : { comment }),
  }));
  return Buffer.from(`gatehouse-trust 1\n${JSON.stringify({ version, keys: members })}`);
}

/** SHA-256 of what is signed, in hex: two lists with one version and one digest are the same. */
export function trustListDigest(list: TrustList): string {
  return createHash('sha256').update(trustListMessage(list)).digest('hex');
}

/**
 * The text of a file with the list and its signature.
 * @throws GatehouseError TRUST_INVALID if the root key is no Ed25519 key or one of the keys in the list
 */
export function signTrustList(list: TrustList, rootKey: KeyObject): string {
  const rootText = publicKeyText(rootKey);
  const root = rootText === undefined ? undefined : parsePublicKey(rootText);
  if (root === undefined) throw new GatehouseError('TRUST_INVALID', 'expected an Ed25519 private key as root key');
  if (list.keys.some(({ text }) => text === root.text)) throw rootAmongKeys();
  const message = trustListMessage(list);
  const signature = sign(null, message, rootKey).toString('base64');
  const { version, keys } = JSON.parse(Buffer.from(message).toString().split('\n')[1] ?? '') as TrustList;
  return `${JSON.stringify({ version, keys, rootKey: root.text, signature }, undefined, 2)}\n`;
}

/**
 * Makes sure that one of the pinned root keys signed a list.
 * @throws GatehouseError TRUST_INVALID
 */
export function verifyTrustList(list: SignedTrustList, rootKeys: readonly PublicKey[]): void {
  const { rootKey, signature } = list;
  if (rootKeys.every(({ text }) => text !== rootKey.text))
    throw new GatehouseError('TRUST_INVALID', `the list is signed by ${rootKey.text}, which is none of the root keys`);
  // A root key has to stay offline, and a key must mean one thing.
  if (list.keys.some(({ text }) => rootKeys.some((root) => root.text === text))) throw rootAmongKeys();
  if (!isSignedBy(rootKey, trustListMessage(list), signature))
    throw new GatehouseError('TRUST_INVALID', 'the list was changed after it was signed');
}

const rootAmongKeys = (): GatehouseError =>
  new GatehouseError('TRUST_INVALID', 'expected a root key that signs nothing but lists, got it among the keys');
