import {
  integer,
  type JsonNode,
  list,
  object,
  oneOf,
  optional,
  type Place,
  refine,
  required,
  type Shape,
  text,
  withDefault,
} from '../../json/index.ts';
import type { DeviceProblem, Surroundings } from '../description.ts';
import { ADDRESS_PATTERN } from './address.ts';
import type { BleConfig, BluetoothConfig } from './config.ts';
import { BLE_LIMITS } from './limits.ts';
import { canonicalUuid } from './uuid.ts';

/** Most entries of one filter of a `ble-scan`. */
export const FILTER_ENTRIES_MAX = 64;
const NAME_BYTES_MAX = 29;

const addressText = text({ expected: 'an address such as "A4:C1:38:01:02:03"', pattern: ADDRESS_PATTERN });
const address: Shape<string> = {
  ...addressText,
  decode: (node: JsonNode, place: Place) => addressText.decode(node, place)?.toUpperCase(),
};

const uuidText = text({
  expected: 'a UUID such as "181a"',
  pattern: /^([0-9A-Fa-f]{4}|[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12})$/,
});
const uuid: Shape<string> = {
  ...uuidText,
  decode: (node: JsonNode, place: Place) => canonicalUuid(uuidText.decode(node, place) ?? ''),
};

const filter = <T>(shape: Shape<T>, items: string) => list(shape, { min: 1, max: FILTER_ENTRIES_MAX, items });

/** What `gateway.json` says of a device of type `ble`. */
export const blePeerFields = {
  address: required(address, 'Address of the device, as printed on it.'),
  addressType: optional(oneOf('public', 'random'), 'Kind of its address; any unless given.'),
  timeoutMs: withDefault(
    integer({ min: 100, max: 60_000, unit: 'milliseconds' }),
    5_000,
    'Deadline of connecting, and of each step of a request, in milliseconds.',
  ),
  connection: withDefault(
    oneOf('keep', 'on-demand'),
    'keep',
    'Whether the link is kept, or made when a module asks for something.',
  ),
  idleMs: optional(
    integer({ min: 0, max: 3_600_000, unit: 'milliseconds' }),
    'How long a link on demand is kept while nobody needs it, in milliseconds; 10,000 unless given.',
  ),
};

/** What `gateway.json` says of a device of type `ble-scan`. */
export const bleScanFields = {
  scan: withDefault(
    oneOf('active', 'passive'),
    'active',
    'Whether senders are asked for what they do not say by themselves, which costs them power.',
  ),
  services: optional(filter(uuid, 'UUIDs'), 'UUIDs of services that are advertised, or advertised with data.'),
  manufacturers: optional(
    filter(integer({ min: 0, max: 65_535 }), 'company identifiers'),
    'Company identifiers of manufacturer data.',
  ),
  names: optional(
    filter(text({ expected: 'the beginning of a name', maxBytes: NAME_BYTES_MAX }), 'beginnings of names'),
    'How names begin.',
  ),
  addresses: optional(filter(address, 'addresses'), 'Addresses of senders.'),
  rssiMin: optional(integer({ min: -127, max: 20, unit: 'dBm' }), 'Weakest signal, in dBm.'),
  intervalMs: withDefault(
    integer({ min: 0, max: 3_600_000, unit: 'milliseconds' }),
    1_000,
    'Shortest time between two advertisements of one sender, in milliseconds.',
  ),
  perSecond: withDefault(integer({ min: 1, max: 1_000 }), 100, 'Most advertisements a second, of all senders.'),
};

const bluetoothFields = object(
  {
    adapter: optional(
      text({ expected: 'an adapter such as "hci0"', pattern: /^hci[0-9]{1,3}$/ }),
      'Adapter of the kernel, such as "hci0".',
    ),
    port: optional(
      text({ expected: 'the path of a serial port', pattern: /^[^\0]{1,255}$/, maxBytes: 255 }),
      'Serial port of a controller that the kernel has not taken.',
    ),
    baudRate: withDefault(integer({ min: 9_600, max: 4_000_000, unit: 'baud' }), 1_000_000, 'Speed of that port.'),
    connections: withDefault(
      integer({ min: 1, max: BLE_LIMITS.connections, unit: 'links' }),
      5,
      'Links at the same time; devices take turns when there are more.',
    ),
  },
  { expected: 'an object with adapter or port' },
);

/** The Bluetooth adapter of `gateway.json`. */
export const bluetoothShape: Shape<BluetoothConfig> = refine(
  bluetoothFields,
  ({ adapter, port, baudRate, connections }, node, place) => {
    if (adapter !== undefined && port === undefined) return { radio: { adapter }, connections };
    if (port !== undefined && adapter === undefined) return { radio: { port, baudRate }, connections };
    return place.refuse(node.offset, 'expected either adapter or port');
  },
);

const NO_ADAPTER = 'devices of Bluetooth need "bluetooth" in gateway.json, such as {"adapter": "hci0"}';

const NEVER_IDLE = 'idleMs has no effect without "connection": "on-demand": the link is kept';

/** Devices of Bluetooth need an adapter, no two of them are the same, and only a link on demand has an idle time. */
export function bleProblems(
  devices: Readonly<Record<string, BleConfig>>,
  { bluetooth }: Surroundings,
): DeviceProblem[] {
  const owners = new Map<string, string>();
  return Object.entries(devices).flatMap(([device, config]) => {
    if (bluetooth === undefined) return [{ device, member: 'type', message: NO_ADAPTER }];
    if (config.type !== 'ble') return [];
    const problems: DeviceProblem[] = [];
    const owner = owners.get(config.address);
    owners.set(config.address, device);
    const message = `${config.address} is the address of the device "${owner}" already`;
    if (owner !== undefined) problems.push({ device, member: 'address', message });
    if (config.connection === 'keep' && config.idleMs !== undefined)
      problems.push({ severity: 'warning', device, member: 'idleMs', message: NEVER_IDLE });
    return problems;
  });
}
