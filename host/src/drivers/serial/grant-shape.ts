import { boolean, object, refine, required, type Shape, text, withDefault } from '../../json/index.ts';
import { DEVICE_NAME } from '../../manifest/name-rules.ts';
import type { SerialGrant } from './grant.ts';

/** One serial port of a module. */
export const serialGrant: Shape<SerialGrant> = refine(
  object(
    {
      device: required(text(DEVICE_NAME), 'Name of a device.'),
      read: withDefault(boolean, false, 'Whether the module gets what comes in.'),
      write: withDefault(boolean, false, 'Whether it may write, and exchange a request for an answer.'),
    },
    { expected: 'an object that names a device' },
  ),
  (grant, node, place) =>
    grant.read || grant.write ? grant : place.refuse(node.offset, 'expected "read" or "write" to be true'),
);
