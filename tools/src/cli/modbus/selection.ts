import {
  formatRange,
  isBitTable,
  parseAddressText,
  type RegisterRange,
} from '../../../../host/src/drivers/modbus/commissioning.ts';
import { usage } from '../arguments.ts';
import { decodeValue, valueText } from './value-codec.ts';
import { type FormatValues, readFormat, type ValueFormat, WORDS } from './value-format.ts';

/** Registers that the command line names, and what they hold. */
export interface Selection {
  readonly range: RegisterRange;
  readonly format: ValueFormat;
}

/** One value of a device. */
export interface Value {
  /** Address text of its registers. */
  readonly address: string;
  readonly value: number;
  readonly text: string;
  readonly words: readonly number[];
}

const BIT_FORMAT = readFormat({ type: 'bool' });

/**
 * What address texts and the options of a format name. A single address is one value, which may take several registers; a range
 * holds as many values as it has room for.
 * @throws GatehouseError CLI_USAGE
 */
export function readSelections(texts: readonly string[], options: FormatValues): Selection[] {
  if (texts.length === 0) throw usage('an address is missing, such as holding:0-9, input:0 or coil:1');
  const format = readFormat(options);
  const selections = texts.map((text) => selectionOf(text, format));
  const option = Object.keys(options).find((name) => options[name as keyof FormatValues] !== undefined);
  if (option !== undefined && selections.every(({ range }) => isBitTable(range.table)))
    throw usage(`--${option} is for registers; coils and discrete inputs are 0 or 1`);
  return selections;
}

/** @throws GatehouseError CLI_USAGE for a text that is no address */
export function readAddress(text: string): RegisterRange {
  const parsed = parseAddressText(text);
  if (parsed.kind === 'range') return parsed.range;
  const { offset, expected, got } = parsed;
  const meant = manualAddress(text);
  if (meant !== undefined)
    throw usage(`"${text}" is no address: what a manual calls ${text} is ${meant}, for addresses count from 0`);
  throw usage(`"${text}" is no address: at character ${offset + 1} expected ${expected}, got ${got}`);
}

/** What a number of a manual names, such as 40001 or 400001: its first digit is the table, and the rest counts from 1. */
function manualAddress(text: string): string | undefined {
  const [, digit = '', number = ''] = /^([0134])(\d{4,5})$/.exec(text) ?? [];
  const table = ({ 0: 'coil', 1: 'discrete', 3: 'input', 4: 'holding' } as const)[digit];
  const address = Number(number) - 1;
  return table === undefined || address < 0 || address > 65_535 ? undefined : `${table}:${address}`;
}

/** The values in the words of a selection. */
export function valuesOf({ range, format }: Selection, words: readonly number[]): Value[] {
  const count = WORDS[format.type];
  return Array.from({ length: range.count / count }, (_, index) => {
    const own = words.slice(index * count, (index + 1) * count);
    const value = decodeValue(own, format);
    const address = formatRange({ table: range.table, address: range.address + index * count, count });
    return { address, value, text: valueText(value, format), words: own };
  });
}

function selectionOf(text: string, format: ValueFormat): Selection {
  const range = readAddress(text);
  if (isBitTable(range.table)) return { range, format: BIT_FORMAT };
  const count = WORDS[format.type];
  const isSingle = !text.includes('-');
  if (!isSingle && range.count % count !== 0)
    throw usage(`${text} has ${range.count} registers, and each ${format.type} takes ${count}`);
  const found = isSingle ? { ...range, count } : range;
  if (found.address + found.count > 65_536) throw usage(`${text} with its ${count} registers goes beyond 65535`);
  return { range: found, format };
}
