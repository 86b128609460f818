import { list, object, refine, required, type Shape, text, withDefault } from '../../json/index.ts';
import { DEVICE_NAME, GRANT_ENTRIES_MAX } from '../../manifest/name-rules.ts';
import { readableRange, writableRange } from '../modbus/address-shape.ts';
import type { ModbusServerGrant } from './grant.ts';

const registers = { max: GRANT_ENTRIES_MAX, items: 'registers' };

/** Registers of one Modbus server that belong to a module. */
export const modbusServerGrant: Shape<ModbusServerGrant> = refine(
  object(
    {
      device: required(text(DEVICE_NAME), 'Name of a device.'),
      offer: withDefault(list(readableRange, registers), [], 'Registers that clients read, and the module sets.'),
      accept: withDefault(
        list(writableRange, registers),
        [],
        'Coils and holding registers that clients write, which the module is told.',
      ),
    },
    { expected: 'an object that names a device' },
  ),
  (grant, node, place) =>
    grant.offer.length + grant.accept.length > 0
      ? grant
      : place.refuse(node.offset, 'expected at least one register in "offer" or "accept"'),
);
