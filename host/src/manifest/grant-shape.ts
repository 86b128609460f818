import {
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
} from '../json/index.ts';
import { namesBits, readableRange, writableAddress, writableRange } from './address-shape.ts';
import type { Grants, ModbusGrant } from './grants.ts';
import { DEVICE_NAME } from './name-rules.ts';

/** Most state one module may be granted. */
export const STATE_BYTES_MAX = 67_108_864;
/** Most entries of each list in a grant. */
export const GRANT_ENTRIES_MAX = 64;

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

const modbusGrant: Shape<ModbusGrant> = object(
  {
    device: required(text(DEVICE_NAME), 'Name of a device in gateway.json.'),
    read: withDefault(list(readableRange, entries('registers')), [], 'Registers that the module may read.'),
    write: withDefault(list(writableRange, entries('registers')), [], 'Coils and holding registers that it may write.'),
    poll: withDefault(
      list(text(DEVICE_NAME), entries('names of polls')),
      [],
      'Polls of the device that it may subscribe to.',
    ),
    failSafe: optional(failSafe, 'A write that the host makes itself when the module has been down for some time.'),
  },
  { expected: 'an object that names a device' },
);

const kvGrant = object(
  {
    bytes: required(
      integer({ min: 1, max: STATE_BYTES_MAX, unit: 'bytes' }),
      'Room for state: keys, values and 64 bytes an entry.',
    ),
  },
  { expected: 'an object with bytes' },
);

const grants: Shape<Grants> = object(
  {
    modbus: optional(
      list(modbusGrant, { min: 1, ...entries('grants on Modbus devices') }),
      'Modbus devices that the module may talk to.',
    ),
    kv: optional(kvGrant, 'State of its own that outlives a restart of the module.'),
  },
  { expected: 'an object of grants by capability' },
);

/** What a deployment grants to one module. Everything wrong inside has the code GRANT_INVALID. */
export const grantsShape: Shape<Grants> = {
  ...grants,
  decode: (node, place) => grants.decode(node, place.withCode('GRANT_INVALID')),
};
