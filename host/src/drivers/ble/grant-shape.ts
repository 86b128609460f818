import { boolean, list, object, refine, required, type Shape, text, withDefault } from '../../json/index.ts';
import { DEVICE_NAME, GRANT_ENTRIES_MAX } from '../../manifest/name-rules.ts';
import type { BleGrant } from './grant.ts';
import { parsePlace } from './place-text.ts';

const EXPECTED = 'a service or characteristic such as "180f" or "181a/2a6e"';
const UUID = '[0-9A-Fa-f]{4}|[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}';

const place: Shape<string> = {
  expected: EXPECTED,
  schema: { type: 'string', pattern: `^(${UUID})(/(${UUID}))?$` },
  decode: (node, where) =>
    node.kind === 'string' && parsePlace(node.value) !== undefined ? node.value : where.mismatch(node, EXPECTED),
};

const places = list(place, { max: GRANT_ENTRIES_MAX, items: 'services and characteristics' });

/** One device of Bluetooth of a module. */
export const bleGrant: Shape<BleGrant> = refine(
  object(
    {
      device: required(text(DEVICE_NAME), 'Name of a device.'),
      read: withDefault(places, [], 'Services and characteristics that the module may read.'),
      write: withDefault(places, [], 'Those that it may write.'),
      notify: withDefault(places, [], 'Those whose notifications and indications it may subscribe to.'),
      advertisements: withDefault(boolean, false, 'Whether it gets the advertisements that the device hears.'),
    },
    { expected: 'an object that names a device' },
  ),
  (grant, node, at) =>
    grant.advertisements || [grant.read, grant.write, grant.notify].some(({ length }) => length > 0)
      ? grant
      : at.refuse(
          node.offset,
          'expected at least one of "read", "write", "notify" and "advertisements", without which nothing is allowed',
        ),
);
