import {
  integer,
  list,
  object,
  oneOf,
  optional,
  record,
  refine,
  required,
  type Shape,
  text,
  withDefault,
} from '../../json/index.ts';
import { localPath } from '../../json/local-path.ts';
import { DEVICE_NAME } from '../../manifest/name-rules.ts';
import { mqttUrl } from '../../mqtt/mqtt-url.ts';
import { namesSecret, secretName } from '../../secrets/index.ts';
import type { BrokerTopic, ListenerUser, SecretReference, TopicPermissions } from './config.ts';
import { MQTT_LIMITS } from './limits.ts';
import { allowedFilters, anyFilter } from './topic-shape.ts';

const keepAliveSeconds = { min: 5, max: 1_767, unit: 'seconds' };
const PACKET_BYTES_MIN = 256;
const packetBytes = integer({ min: PACKET_BYTES_MIN, max: MQTT_LIMITS.packetBytes, unit: 'bytes' });

const secret: Shape<SecretReference> = namesSecret(object({ secret: secretName }));

const topic: Shape<BrokerTopic> = object(
  {
    filter: required(anyFilter, 'Topic filter.'),
    qos: withDefault(integer({ min: 0, max: 1 }), 1, 'At most once (0) or at least once (1).'),
  },
  { expected: 'an object with a filter' },
);

/** What files say of a device of type `mqtt-broker`. */
export const brokerFields = {
  url: required(
    refine(mqttUrl, (url) => url.text),
    'mqtts://host:port, or mqtt://host:port without TLS. The ports are 8883 and 1883 unless given.',
  ),
  username: optional(text({ maxBytes: 256 }), 'User name.'),
  password: optional(secret, 'Where its password is.'),
  ca: optional(
    localPath('a certificate'),
    "PEM file of the authorities to trust instead of Node's own; only in gateway.json, and relative to it.",
  ),
  certificate: optional(
    localPath('a certificate'),
    'PEM file of the certificate of the gateway; only in gateway.json, and relative to it.',
  ),
  key: optional(localPath('a private key'), 'PEM file of its private key; only in gateway.json, and relative to it.'),
  clientId: optional(
    text({ expected: 'a client id of 1 to 128 characters', maxBytes: 128 }),
    'Client id; gatehouse-DEVICEID-NAME unless given.',
  ),
  version: withDefault(oneOf('3.1.1', '5'), '3.1.1', 'Version of MQTT.'),
  topics: withDefault(
    list(topic, { min: 0, max: MQTT_LIMITS.brokerTopics, items: 'topic filters' }),
    [],
    'What is asked for; each message that comes enters the routes.',
  ),
  keepAliveSeconds: withDefault(integer(keepAliveSeconds), 60, 'Longest silence on the connection, in seconds.'),
  sessionSeconds: withDefault(
    integer({ min: 0, max: 604_800, unit: 'seconds' }),
    3_600,
    'How long the broker is to keep messages while the gateway is away, in seconds; 0: not at all. A broker of MQTT 3.1.1 decides itself.',
  ),
  packetBytes: withDefault(packetBytes, 65_536, 'Longest packet that is taken; a longer one ends the connection.'),
  timeoutMs: withDefault(
    integer({ min: 100, max: 60_000, unit: 'milliseconds' }),
    5_000,
    'Deadline of the acknowledgement of a message, in milliseconds.',
  ),
};

const publish = withDefault(allowedFilters(0), [], 'Filters of the topics that it may publish to.');
const subscribe = withDefault(allowedFilters(0), [], 'Filters of the topics that it may subscribe to, or to parts of.');

const user: Shape<ListenerUser> = object(
  { password: required(secret, 'Where its password is, or the scrypt of it.'), publish, subscribe },
  { expected: 'an object with a password' },
);

const anonymous: Shape<TopicPermissions> = object({ publish, subscribe });

/** What files say of a device of type `mqtt-listener`. */
export const listenerFields = {
  host: withDefault(
    text({ expected: 'an address', pattern: /^[^\s/@?#]{1,253}$/, maxBytes: 253 }),
    '127.0.0.1',
    'Address to listen on; "0.0.0.0" or "::" for all.',
  ),
  port: required(integer({ min: 0, max: 65_535 }), 'TCP port, mostly 8883, or 1883 without TLS. 0: any free one.'),
  certificate: optional(
    localPath('a certificate'),
    'PEM file of its certificate, with which there is only TLS; only in gateway.json, and relative to it.',
  ),
  key: optional(localPath('a private key'), 'PEM file of its private key; only in gateway.json, and relative to it.'),
  users: withDefault(
    record(user, { name: DEVICE_NAME, max: MQTT_LIMITS.users, entries: 'users' }),
    {},
    'Leaf devices by user name, which is `$connectionDeviceId` of what they send.',
  ),
  publish: withDefault(allowedFilters(0), [], 'The same for every user; "%u" stands for its name.'),
  subscribe: withDefault(allowedFilters(0), [], 'The same for every user; "%u" stands for its name.'),
  anonymous: optional(anonymous, 'What clients may that give no user name; without it there are none.'),
  clients: withDefault(integer({ min: 1, max: MQTT_LIMITS.clients }), 64, 'Most connections.'),
  clientsPerUser: withDefault(integer({ min: 1, max: MQTT_LIMITS.clients }), 8, 'Most connections of one user.'),
  packetBytes: withDefault(packetBytes, 16_384, 'Longest packet that is taken; a longer one ends the connection.'),
  connectMs: withDefault(
    integer({ min: 100, max: 60_000, unit: 'milliseconds' }),
    10_000,
    'Deadline from the connection to the log-in, in milliseconds.',
  ),
  silenceSeconds: withDefault(
    integer({ min: 1, max: 65_535, unit: 'seconds' }),
    600,
    'Longest silence of a client that asks for a longer one or for none, in seconds.',
  ),
};
