import { list, object, required } from '../json/index.ts';
import { localPath } from '../json/local-path.ts';
import { SIGNATURE_LIMITS } from '../limits.ts';
import { publicKeyShape } from '../signature/index.ts';

/** Whose modules may run on the gateway. */
export const trustShape = object(
  {
    file: required(
      localPath('a list of trusted keys'),
      'List of trusted keys, as `gatehouse trust sign` writes it, relative to this file.',
    ),
    rootKeys: required(
      // More than one is for the time in which one replaces another.
      list(publicKeyShape, { min: 1, max: SIGNATURE_LIMITS.rootKeys, items: 'root keys' }),
      'Public keys, `ed25519:` and base64; one of them must have signed the list.',
    ),
  },
  { expected: 'an object with file and rootKeys' },
);
