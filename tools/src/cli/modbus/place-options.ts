import type { ModbusConfig, SerialLine } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { needed, usage, wholeNumber } from '../arguments.ts';
import { deviceOfGateway } from './gateway-device.ts';
import type { PlaceConfig } from './place.ts';

export const PLACE_OPTIONS = {
  tcp: { type: 'string' },
  'rtu-tcp': { type: 'string' },
  serial: { type: 'string' },
  gateway: { type: 'string' },
  device: { type: 'string' },
  baud: { type: 'string' },
  parity: { type: 'string' },
  'stop-bits': { type: 'string' },
  unit: { type: 'string' },
  timeout: { type: 'string' },
} as const;

export type PlaceValues = { readonly [Name in keyof typeof PLACE_OPTIONS]?: string | undefined };

export const PLACE_HELP = `Where the device is:
  --tcp HOST[:PORT]      Modbus TCP; port 502 unless given
  --serial PORT          a serial line; also --baud (19200), --parity even|odd|none (even), --stop-bits 1|2 (1)
  --rtu-tcp HOST:PORT    a serial line behind a device server, which hands its frames over TCP as they are
  --gateway FILE --device NAME   a device of a gateway configuration
  --unit ID              unit id; 1 unless given
  --timeout MS           longest wait for an answer; 1000 unless given
`;

const UNIT = { maxGap: 0, polls: {} } as const;
const LINE = 'line';
const TIMEOUT_MS = 1_000;
const TURNAROUND_MS = 100;
const PARITIES = ['even', 'odd', 'none'] as const;

/**
 * The place that options name.
 *
 * @param timeoutMs longest wait for an answer when the options do not say it
 * @throws GatehouseError CLI_USAGE; FILE_MISSING or GATEWAY_INVALID for a configuration that cannot be used
 */
export function readPlace(values: PlaceValues, timeoutMs?: number): PlaceConfig {
  const ways = ['tcp', 'serial', 'rtu-tcp', 'gateway'] as const;
  const [way, ...more] = ways.filter((name) => values[name] !== undefined);
  if (way === undefined) throw usage('where is the device? Say --tcp, --serial, --rtu-tcp, or --gateway with --device');
  if (more.length > 0) throw usage(`expected one of --${way} and --${more[0]}, got both`);
  refuseOthers(values, way);
  const waitMs = values.timeout === undefined ? timeoutMs : wholeNumber(values.timeout, '--timeout', 10, 60_000);
  if (way === 'gateway') {
    const { config, lines } = deviceOfGateway(needed(values.gateway, '--gateway'), values.device);
    const unitId = values.unit === undefined ? config.unitId : unitOf(values.unit, config.type);
    return { config: { ...config, unitId, ...(waitMs === undefined ? {} : { timeoutMs: waitMs }) }, lines };
  }
  const place = placeOf(way, values, waitMs ?? TIMEOUT_MS);
  const unitId = values.unit === undefined ? 1 : unitOf(values.unit, place.config.type);
  return { ...place, config: { ...place.config, unitId } };
}

/** The same place with other serial settings. */
export function withSettings(place: PlaceConfig, settings: Partial<SerialLine>): PlaceConfig {
  const lines = Object.fromEntries(Object.entries(place.lines).map(([name, line]) => [name, { ...line, ...settings }]));
  return { ...place, lines };
}

function placeOf(way: 'tcp' | 'serial' | 'rtu-tcp', values: PlaceValues, timeoutMs: number): PlaceConfig {
  const common = { ...UNIT, unitId: 1, timeoutMs };
  if (way === 'tcp') {
    const address = readAddress(needed(values.tcp, '--tcp'), '--tcp', 502);
    return { config: { ...common, ...address, type: 'modbus-tcp', inFlight: 1 }, lines: {} };
  }
  if (way === 'rtu-tcp') {
    const address = readAddress(needed(values['rtu-tcp'], '--rtu-tcp'), '--rtu-tcp', undefined);
    return { config: { ...common, ...address, type: 'modbus-rtu-tcp', turnaroundMs: TURNAROUND_MS }, lines: {} };
  }
  const line: SerialLine = {
    path: needed(values.serial, '--serial'),
    baudRate: wholeNumber(values.baud ?? '19200', '--baud', 300, 4_000_000),
    parity: parityOf(values.parity ?? 'even'),
    stopBits: wholeNumber(values['stop-bits'] ?? '1', '--stop-bits', 1, 2) as 1 | 2,
    timeoutMs,
    turnaroundMs: TURNAROUND_MS,
  };
  return { config: { ...common, type: 'modbus-rtu', line: LINE }, lines: { [LINE]: line } };
}

function refuseOthers(values: PlaceValues, way: string): void {
  const serial = (['baud', 'parity', 'stop-bits'] as const).find((name) => values[name] !== undefined);
  if (serial !== undefined && way !== 'serial') throw usage(`--${serial} goes with --serial`);
  if (values.device !== undefined && way !== 'gateway') throw usage('--device goes with --gateway');
}

/** `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`. */
function readAddress(text: string, option: string, port: number | undefined): { host: string; port: number } {
  const found = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([^\s:/@[\]]+))(?::(\d+))?$/i.exec(text);
  const host = found?.[1] ?? found?.[2];
  if (host === undefined) {
    const hint = text.includes('://') ? '; leave out what is before //' : '; an IPv6 address goes into brackets';
    throw usage(`${option} takes HOST:PORT, got "${text}"${hint}`);
  }
  if (found?.[3] !== undefined) return { host, port: wholeNumber(found[3], `the port of ${option}`, 1, 65_535) };
  if (port === undefined) throw usage(`${option} needs a port: ${text}:PORT`);
  return { host, port };
}

const unitOf = (text: string, type: ModbusConfig['type']): number =>
  wholeNumber(text, '--unit', 0, type === 'modbus-tcp' ? 255 : 247);

function parityOf(text: string): SerialLine['parity'] {
  const parity = PARITIES.find((name) => name === text);
  if (parity === undefined) throw usage(`--parity is even, odd or none, not "${text}"`);
  return parity;
}
