import {
  integer,
  object,
  oneOf,
  optional,
  refine,
  required,
  type Shape,
  tagged,
  text,
  withDefault,
} from '../json/index.ts';
import { localPath } from '../json/local-path.ts';
import { mqttUrl } from '../mqtt/mqtt-url.ts';
import { isLoopback } from '../network/host-address.ts';

const credentials = tagged(
  {
    none: {},
    password: {
      username: required(text(), 'User name.'),
      password: required(text({ secret: true, expected: 'a password' }), 'Password.'),
    },
    sas: {
      key: required(
        text({
          secret: true,
          expected: 'a key in base64',
          pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/,
        }),
        'Shared access key of the device, in base64.',
      ),
    },
    x509: {
      certificate: required(localPath('a certificate'), 'PEM file of the certificate, relative to this file.'),
      key: required(localPath('a private key'), 'PEM file of the private key, relative to this file.'),
    },
  },
  { expected: 'an object with "type"', text: 'How the gateway proves who it is.' },
);

const NONE = { type: 'none' } as const;

const fields = object(
  {
    url: required(
      mqttUrl,
      'mqtts://host:port, or mqtt://host:port without TLS. The ports are 8883 and 1883 unless given.',
    ),
    hostName: optional(
      text({ expected: 'a host name', pattern: /^[A-Za-z0-9.-]{1,253}$/ }),
      'Name of the hub in user names and SAS audiences; the host of the url unless given.',
    ),
    authentication: withDefault(credentials, NONE, 'How the gateway proves who it is.'),
    ca: optional(localPath('a certificate'), 'PEM file of the authorities to trust, relative to this file.'),
    queueBytes: withDefault(
      integer({ min: 65_536, max: 1_073_741_824, unit: 'bytes' }),
      1_048_576,
      'Room for messages that wait for the hub; when it is full the oldest goes.',
    ),
    keepAliveSeconds: withDefault(
      integer({ min: 5, max: 1_767, unit: 'seconds' }),
      60,
      'Longest silence on the connection, in seconds.',
    ),
    connections: withDefault(
      oneOf('auto', 'per-identity', 'shared'),
      'auto',
      'A connection for each module, one for all, or by what the hub announces.',
    ),
  },
  { expected: 'an object with at least a url' },
);

type Fields = typeof fields extends Shape<infer T> ? T : never;

/** The uplink of a gateway; what its members say must fit together. */
export const uplinkShape = refine(fields, ({ url, ...uplink }: Fields, node, place) => {
  const value = { ...uplink, url: url.text, hostName: uplink.hostName ?? url.host };
  if (url.encrypted) return value;
  const refuse = (key: string, what: string) =>
    place.refuseMember(key, `${what} needs TLS; expected a url that begins with mqtts://`);
  if (uplink.ca !== undefined) return refuse('ca', 'an authority to trust');
  const { type } = uplink.authentication;
  if (type === 'x509') return refuse('authentication', 'a client certificate');
  if (type !== 'none' && !isLoopback(url.host)) {
    place.warn(node.offset, 'what proves who the gateway is travels unencrypted; use a url that begins with mqtts://');
  }
  return value;
});
