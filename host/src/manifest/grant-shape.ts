import { DESCRIPTIONS } from '../drivers/index.ts';
import { integer, list, object, optional, required, type Shape } from '../json/index.ts';
import type { Grants } from './grants.ts';
import { GRANT_ENTRIES_MAX } from './name-rules.ts';

/** Most state one module may be granted. */
export const STATE_BYTES_MAX = 67_108_864;

const kvGrant = object(
  {
    bytes: required(
      integer({ min: 1, max: STATE_BYTES_MAX, unit: 'bytes' }),
      'Room for state: keys, values and 64 bytes an entry.',
    ),
  },
  { expected: 'an object with bytes' },
);

const { modbus, 'modbus-server': modbusServer, serial, http, ble, mqtt } = DESCRIPTIONS;
const listOf = <T>({ shape, items }: { readonly shape: Shape<T>; readonly items: string }) =>
  list(shape, { min: 1, max: GRANT_ENTRIES_MAX, items });

const grants: Shape<Grants> = object(
  {
    modbus: optional(listOf(modbus.grant), modbus.grant.text),
    serial: optional(listOf(serial.grant), serial.grant.text),
    http: optional(listOf(http.grant), http.grant.text),
    'modbus-server': optional(listOf(modbusServer.grant), modbusServer.grant.text),
    ble: optional(listOf(ble.grant), ble.grant.text),
    mqtt: optional(listOf(mqtt.grant), mqtt.grant.text),
    kv: optional(kvGrant, 'State of its own that outlives a restart of the module.'),
  },
  { expected: 'an object of grants by capability' },
);

/** What a deployment grants to one module. Everything wrong inside has the code GRANT_INVALID. */
export const grantsShape: Shape<Grants> = {
  ...grants,
  decode: (node, place) => grants.decode(node, place.withCode('GRANT_INVALID')),
};
