import { list, object, required, text } from '../json/index.ts';
import { publicKeyShape } from '../signature/index.ts';

/** More than one root key is for the time in which one replaces another. */
const ROOT_KEYS_MAX = 4;

/** Whose modules may run on the gateway. */
export const trustShape = object(
  {
    file: required(
      text({ expected: 'the path of a list of trusted keys' }),
      'List of trusted keys, as `gatehouse trust sign` writes it, relative to this file.',
    ),
    rootKeys: required(
      list(publicKeyShape, { min: 1, max: ROOT_KEYS_MAX, items: 'root keys' }),
      'Public keys, `ed25519:` and base64; one of them must have signed the list.',
    ),
  },
  { expected: 'an object with file and rootKeys' },
);
