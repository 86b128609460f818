import type { Problem } from '../errors.ts';
import {
  decodeFile,
  integer,
  list,
  object,
  optional,
  refine,
  required,
  type Shape,
  text,
  unused,
} from '../json/index.ts';
import { SIGNATURE_LIMITS } from '../limits.ts';
import { NAME_PATTERN } from './name-pattern.ts';
import { PUBLIC_KEY_PATTERN, type PublicKey, parsePublicKey } from './public-key.ts';
import type { SignedTrustList, TrustedKey, TrustList } from './trust-list.ts';

const VERSION_MAX = 2_147_483_647;

/** A public key in its text form. */
export const publicKeyShape: Shape<PublicKey> = refine(
  text({ expected: 'a public key "ed25519:..." as gatehouse keygen prints it', pattern: PUBLIC_KEY_PATTERN }),
  (value, node, place) =>
    parsePublicKey(value) ?? place.refuse(node.offset, 'expected an Ed25519 public key, got one that proves nothing'),
);

const pattern = text({ expected: 'the name of a module, or its beginning and "*"', pattern: NAME_PATTERN });

const keyShape = refine(
  object(
    {
      key: required(publicKeyShape, 'Public key.'),
      modules: required(
        list(pattern, { min: 1, max: SIGNATURE_LIMITS.namesOfKey, items: 'names of modules' }),
        'Names of the modules it may sign: whole names, or beginnings followed by `*`.',
      ),
      comment: optional(
        text({ expected: 'printable ASCII', pattern: /^[\x20-\x7e]+$/, maxBytes: SIGNATURE_LIMITS.commentBytes }),
        'Whose key it is.',
      ),
    },
    { expected: 'an object with a key and its modules' },
  ),
  ({ key, ...rest }): TrustedKey => ({ ...key, ...rest }),
);

const keysShape: Shape<readonly TrustedKey[]> = refine(
  list(keyShape, { max: SIGNATURE_LIMITS.trustedKeys, items: 'keys' }),
  (keys, node, place) => {
    const texts = keys.map(({ text: key }) => key);
    const again = texts.find((key, index) => texts.indexOf(key) !== index);
    return again === undefined ? keys : place.refuse(node.offset, `expected each key only once, got ${again} again`);
  },
);

const FIELDS = {
  version: required(integer({ min: 1, max: VERSION_MAX }), 'Number of this list, higher than those before it.'),
  keys: required(keysShape, 'The keys, each with what it may sign.'),
};

const signatureShape = text({
  expected: 'an Ed25519 signature in base64',
  pattern: /^[A-Za-z0-9+/]{85}[AQgw]==$/,
});

const unsignedShape = object(
  {
    ...FIELDS,
    rootKey: unused(text(), 'Of a list that was signed before.'),
    signature: unused(text(), 'Of a list that was signed before.'),
  },
  { expected: 'an object with a version and keys' },
);

const signedShape = object(
  {
    ...FIELDS,
    rootKey: required(publicKeyShape, 'The key that signed the list.'),
    signature: required(signatureShape, 'Signature by that key.'),
  },
  { expected: 'an object with version, keys, rootKey and signature, as gatehouse trust sign writes it' },
);

export interface Decoded<T> {
  /** Absent if there is any error. */
  readonly value?: T;
  readonly problems: readonly Problem[];
}

/** The list in a file that a person wrote, to be signed; root key and signature of an earlier one play no part. */
export function decodeTrustList(source: string, file: string): Decoded<TrustList> {
  const { value, log } = decodeFile(source, file, unsignedShape, 'TRUST_INVALID');
  return { ...(value === undefined ? {} : { value }), problems: log.problems };
}

/** The list in a file that was signed; `verifyTrustList` says whether that means anything. */
export function decodeSignedTrustList(source: string, file: string): Decoded<SignedTrustList> {
  const { value, log } = decodeFile(source, file, signedShape, 'TRUST_INVALID');
  if (value === undefined) return { problems: log.problems };
  return { value: { ...value, signature: Buffer.from(value.signature, 'base64') }, problems: log.problems };
}
