import { integer, object, required, text, withDefault } from '../json/index.ts';

/** Where `/metrics` and `/health` are served. */
export const metricsShape = object(
  {
    host: withDefault(
      text({ expected: 'an address', pattern: /^[^\s/@?#]{1,253}$/, maxBytes: 253 }),
      '127.0.0.1',
      'Address to listen on. Whoever reaches it can read all counters and states: there are no passwords and no TLS.',
    ),
    port: required(integer({ min: 0, max: 65_535 }), 'TCP port; IoT Edge has 9600. 0: any free one, named in the log.'),
  },
  { expected: 'an object with at least a port' },
);
