import {
  boolean,
  integer,
  list,
  number,
  object,
  optional,
  refine,
  required,
  type Shape,
  text,
  withDefault,
} from '../../json/index.ts';
import { DEVICE_NAME, GRANT_ENTRIES_MAX } from '../../manifest/name-rules.ts';
import { namesBits, readableRange, writableAddress, writableRange } from './address-shape.ts';
import type { ModbusGrant } from './grant.ts';

const entries = (items: string) => ({ max: GRANT_ENTRIES_MAX, items });

const failSafe = refine(
  object(
    {
      address: required(writableAddress, 'The coil or holding register to write, such as "coil:1".'),
      value: required(integer({ min: 0, max: 65_535 }), 'The value to write; 0 or 1 for a coil.'),
      afterSeconds: required(
        number({ min: 0.1, max: 86_400, unit: 'seconds' }),
        'How long the module must have been down, in seconds.',
      ),
    },
    { expected: 'an object with address, value and afterSeconds' },
  ),
  (value, _node, place) =>
    namesBits(value.address) && value.value > 1
      ? place.refuseMember('value', `expected 0 or 1 for a coil, got the number ${value.value}`)
      : value,
);

export const modbusGrant: Shape<ModbusGrant> = object(
  {
    device: required(text(DEVICE_NAME), 'Name of a device.'),
    read: withDefault(list(readableRange, entries('registers')), [], 'Registers that the module may read.'),
    write: withDefault(list(writableRange, entries('registers')), [], 'Coils and holding registers that it may write.'),
    poll: withDefault(
      list(text(DEVICE_NAME), entries('names of polls')),
      [],
      'Polls of the device that it may subscribe to.',
    ),
    identification: optional(boolean, 'Whether the module may ask what the device is.'),
    failSafe: optional(failSafe, 'A write that the host makes itself when the module has been down for some time.'),
  },
  { expected: 'an object that names a device' },
);
