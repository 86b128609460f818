import {
  integer,
  object,
  oneOf,
  record,
  refine,
  required,
  type Shape,
  suggestOrList,
  text,
  withDefault,
} from '../../json/index.ts';
import { DEVICE_NAME } from '../../manifest/name-rules.ts';
import type { ModbusConfig, SerialLine, SerialLines } from './config.ts';
import { turnaround } from './config-shape.ts';

/** Most serial lines of one gateway. */
export const LINES_MAX = 32;
const WITHOUT_PARITY_STOP_BITS = 2;

const line: Shape<SerialLine> = object(
  {
    path: required(text({ expected: 'the path of a serial port', maxBytes: 255 }), 'Port, such as "/dev/ttyUSB0".'),
    baudRate: withDefault(integer({ min: 300, max: 4_000_000 }), 19_200, 'Bits a second.'),
    parity: withDefault(oneOf('even', 'odd', 'none'), 'even', 'Parity bit.'),
    stopBits: withDefault(
      refine(integer({ min: 1, max: WITHOUT_PARITY_STOP_BITS }), (bits) => bits as 1 | 2),
      1,
      'Stop bits.',
    ),
    timeoutMs: withDefault(
      integer({ min: 10, max: 60_000, unit: 'milliseconds' }),
      1_000,
      'Deadline of a request to a unit that has none of its own, in milliseconds.',
    ),
    turnaroundMs: turnaround,
  },
  { expected: 'an object with at least a path' },
);

/** Serial lines by name. */
export const linesShape: Shape<SerialLines> = record(line, { name: DEVICE_NAME, max: LINES_MAX, entries: 'lines' });

/** A device whose line does not exist, or whose unit is another device already. */
export interface LineProblem {
  readonly device: string;
  readonly member: 'line' | 'unitId';
  readonly message: string;
}

/** What is wrong between devices and lines. Two devices for one unit could take each other's late answers. */
export function lineProblems(devices: Readonly<Record<string, ModbusConfig>>, lines: SerialLines): LineProblem[] {
  const byUnit = new Map<string, string>();
  const problems: LineProblem[] = [];
  for (const [device, config] of Object.entries(devices)) {
    if (config.type === 'modbus-tcp') continue;
    if (config.type === 'modbus-rtu' && !Object.hasOwn(lines, config.line)) {
      const hint = suggestOrList(config.line, Object.keys(lines), { lead: 'known are', none: 'there are no "lines"' });
      problems.push({ device, member: 'line', message: `expected the name of a line, got "${config.line}"${hint}` });
    }
    const unit = JSON.stringify([lineOf(config), config.unitId]);
    const other = byUnit.get(unit);
    if (other === undefined) byUnit.set(unit, device);
    else {
      const message = `unit ${config.unitId} of this line is the device "${other}" already`;
      problems.push({ device, member: 'unitId', message });
    }
  }
  return problems;
}

/** Names the line of a device: devices with the same one share it. */
export const lineOf = (config: Exclude<ModbusConfig, { type: 'modbus-tcp' }>): string =>
  config.type === 'modbus-rtu' ? `line ${config.line}` : `${config.host} port ${config.port}`;
