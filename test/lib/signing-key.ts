import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type PublicKey, parsePublicKey, publicKeyText } from '../../host/src/signature/index.ts';

/** An Ed25519 key with both halves. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

/** Seeds of RFC 8032, section 7.1, tests 1 to 3. */
export const RFC_SEEDS = [
  '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
] as const;

/** The beginning of PKCS #8 for an Ed25519 seed, RFC 8410. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyOfSeed(seed: string): SigningKey {
  const der = Buffer.concat([PKCS8, Buffer.from(seed, 'hex')]);
  return withPublicHalf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

export function newKey(): SigningKey {
  return withPublicHalf(generateKeyPairSync('ed25519').privateKey);
}

function withPublicHalf(privateKey: KeyObject): SigningKey {
  const publicKey = parsePublicKey(publicKeyText(privateKey) ?? '');
  if (publicKey === undefined) throw new Error('the key is not one of Ed25519');
  return { privateKey, publicKey };
}
