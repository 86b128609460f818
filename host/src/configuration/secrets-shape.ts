import { object, optional, record, refine, type Shape, text } from '../json/index.ts';
import { localPath } from '../json/local-path.ts';
import { DEVICE_NAME } from '../manifest/name-rules.ts';
import type { SecretSource, Secrets } from '../secrets/index.ts';

/** Most secrets of one gateway. */
export const SECRETS_MAX = 256;

const fields = object(
  {
    file: optional(
      localPath('a file', { secret: true }),
      'File that holds the secret and nothing else, relative to this file; read whenever it is needed.',
    ),
    env: optional(
      text({ expected: 'the name of a variable', pattern: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/, secret: true }),
      'Variable of the process that holds it.',
    ),
  },
  { expected: 'an object with file or env' },
);

const secretShape: Shape<SecretSource> = refine(fields, ({ file, env }, node, place) => {
  if (file !== undefined && env === undefined) return { file };
  if (env !== undefined && file === undefined) return { env };
  return place.refuse(node.offset, 'expected either file or env');
});

/** Where the gateway has its secrets from. Nothing that stands here by mistake is repeated. */
export const secretsShape: Shape<Secrets> = record(secretShape, {
  name: DEVICE_NAME,
  max: SECRETS_MAX,
  entries: 'secrets',
});
