import { integer, object, required, withDefault } from '../json/index.ts';
import { localPath } from '../json/local-path.ts';

/** Where security events are written to. */
export const securityLogShape = object(
  {
    file: required(
      localPath('a file'),
      'File of one JSON object a line, relative to this file; older ones have .1, .2 and so on behind the name.',
    ),
    maxBytes: withDefault(
      integer({ min: 16_384, max: 1_073_741_824, unit: 'bytes' }),
      1_048_576,
      'Size at which a new file begins.',
    ),
    files: withDefault(integer({ min: 2, max: 100 }), 4, 'Files at most, the newest included.'),
  },
  { expected: 'an object with at least a file' },
);
