import { BlockList, isIP } from 'node:net';
import { integer, list, optional, refine, text, withDefault } from '../../json/index.ts';
import { MODBUS_SERVER_LIMITS } from './limits.ts';

const HOST = { expected: 'an address', pattern: /^[^\s/@?#]{1,253}$/, maxBytes: 253 };
const DAY_MS = 86_400_000;

/** IPv4 addresses in the form of IPv6: a client never has one. */
const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** An address, or a network as an address, a slash and a number of bits. */
const client = refine(text({ expected: 'an address or a network such as "10.0.0.0/24"' }), (value, node, place) => {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  if (family === 6 && MAPPED.check(address, 'ipv6'))
    return place.mismatch(node, 'an IPv4 address in its own form, such as "10.0.0.7"');
  const isNetwork = bits === undefined || (/^(0|[1-9][0-9]{0,2})$/.test(bits) && Number(bits) <= most);
  return family !== 0 && isNetwork && rest.length === 0
    ? value
    : place.mismatch(node, 'an address or a network such as "10.0.0.0/24"');
});

/** What files say of a device of type `modbus-server`. */
export const modbusServerFields = {
  host: withDefault(
    text(HOST),
    '127.0.0.1',
    'Address to listen on. Modbus has no passwords: whoever reaches it reads and writes what is granted.',
  ),
  port: withDefault(integer({ min: 0, max: 65_535 }), 502, 'TCP port. 0: any free one, named in the log.'),
  unitIds: withDefault(
    list(integer({ min: 0, max: 255 }), { min: 1, max: MODBUS_SERVER_LIMITS.unitIds, items: 'unit ids' }),
    [1, 255],
    'Unit ids that are answered, all with the same registers; 1 and 255 unless given.',
  ),
  clients: optional(
    list(client, { min: 1, max: MODBUS_SERVER_LIMITS.clientRules, items: 'addresses' }),
    'Addresses and networks that may connect, such as "10.0.0.0/24"; all that can unless given.',
  ),
  maxClients: withDefault(
    integer({ min: 1, max: MODBUS_SERVER_LIMITS.clients }),
    8,
    'Clients at the same time; one more is disconnected at once.',
  ),
  idleMs: withDefault(
    integer({ min: 100, max: DAY_MS, unit: 'milliseconds' }),
    60_000,
    'Longest time without a request, after which a client is disconnected, in milliseconds.',
  ),
  requestsPerSecond: withDefault(
    integer({ min: 1, max: 100_000 }),
    1_000,
    'What each client may ask in the long run, with a burst of one second; one that asks more is read more slowly.',
  ),
  staleAfterMs: withDefault(
    integer({ min: 0, max: DAY_MS, unit: 'milliseconds' }),
    10_000,
    'Age at which a value is not told any more, in milliseconds; 0: only when its module is down.',
  ),
  writeExpiryMs: withDefault(
    integer({ min: 10, max: 3_600_000, unit: 'milliseconds' }),
    5_000,
    'How long a write waits for its module, in milliseconds; then it is dropped.',
  ),
};
