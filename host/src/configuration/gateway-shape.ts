import { devicesShape } from '../devices/index.ts';
import { bluetoothShape, linesShape } from '../drivers/index.ts';
import { boolean, object, optional, refine, required, type Shape, text, unused, withDefault } from '../json/index.ts';
import { localPath } from '../json/local-path.ts';
import { httpShape } from './http-shape.ts';
import { metricsShape } from './metrics-shape.ts';
import { secretsShape } from './secrets-shape.ts';
import { securityLogShape } from './security-log-shape.ts';
import { trustShape } from './trust-shape.ts';
import { uplinkShape } from './uplink-shape.ts';

const fields = object(
  {
    $schema: unused(text(), 'JSON Schema of this file, for editors.'),
    deviceId: required(
      text({
        expected: "a device id of 1 to 128 letters, digits and -.%_*?!(),=@$':",
        pattern: /^[A-Za-z0-9\-.%_*?!(),=@$':]{1,128}$/,
      }),
      'Id of the gateway at the hub.',
    ),
    uplink: optional(uplinkShape, 'The hub or broker; without it nothing goes upstream.'),
    devices: withDefault(devicesShape, {}, 'Devices by the names that grants use.'),
    lines: optional(linesShape, 'Serial lines by the names that devices use.'),
    bluetooth: optional(bluetoothShape, 'The Bluetooth adapter, which devices of Bluetooth need.'),
    secrets: optional(secretsShape, 'Secrets by the names that grants use; their values are never in this file.'),
    http: optional(httpShape, 'What holds for all requests of modules over HTTP.'),
    allowUnsigned: withDefault(
      boolean,
      false,
      'Run modules without a valid signature by a trusted key. Anyone who can change a module file then decides what runs.',
    ),
    trust: optional(trustShape, 'The keys whose modules may run; without it no key is trusted.'),
    stateFolder: optional(
      localPath('a folder'),
      'Folder for what the host remembers: the highest versions that ran, and the time. Relative to this file; made if it is not there.',
    ),
    securityLog: optional(
      securityLogShape,
      'A file for security events; without it they are in the ordinary log only.',
    ),
    metrics: optional(
      metricsShape,
      'Counters for Prometheus at /metrics, and health at /health; without it nothing listens.',
    ),
  },
  { expected: 'an object with at least a deviceId' },
);

type Fields = typeof fields extends Shape<infer T> ? T : never;

/** The file `gateway.json`. A list of keys is only as new as what the host remembers of it. */
export const gatewayShape = refine(fields, (gateway: Fields, _, place) => {
  return gateway.trust === undefined || gateway.stateFolder !== undefined
    ? gateway
    : place.refuseMember('trust', '"trust" needs a "stateFolder", where the host remembers which list is the newest');
});
