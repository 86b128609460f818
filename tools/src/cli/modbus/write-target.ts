import {
  formatRange,
  isBitTable,
  isWritable,
  WRITE_MAX,
  type WriteRequest,
} from '../../../../host/src/drivers/modbus/commissioning.ts';
import { needed, usage } from '../arguments.ts';
import { readSelections, type Selection, valuesOf } from './selection.ts';
import { encodeValue } from './value-codec.ts';
import { type FormatValues, WORDS } from './value-format.ts';

/** What is to be written. */
export interface Target {
  readonly selection: Selection;
  /** Address text of each value. */
  readonly addresses: readonly string[];
  readonly words: readonly number[];
  readonly request: WriteRequest;
}

const COIL_VALUES: Readonly<Record<string, number>> = { 0: 0, 1: 1, off: 0, on: 1 };
/** The write is made at once, or not at all. */
const EXPIRY_MS = 10_000;

/**
 * Reads an address and values.
 *
 * @param isMultiple also a single value is written by the function for several
 * @throws GatehouseError CLI_USAGE
 */
export function readTarget(texts: readonly string[], options: FormatValues, isMultiple: boolean): Target {
  const [address, ...values] = texts;
  const [selection] = readSelections([needed(address, 'ADDRESS')], options) as [Selection];
  const { range, format } = selection;
  if (!isWritable(range.table)) throw usage(`${address} cannot be written: only coils and holding registers can`);
  const isBits = isBitTable(range.table);
  const max = isBits ? WRITE_MAX.bits : WRITE_MAX.registers;
  if (range.count > max) throw usage(`one request writes at most ${max}, and ${address} has ${range.count}`);
  const wanted = range.count / WORDS[format.type];
  if (values.length !== wanted) throw usage(`${address} takes ${countText(wanted)}, got ${values.length}`);
  const words = values.flatMap((text) => (isBits ? [coilValue(text)] : encodeValue(text, format)));
  const addresses = valuesOf(selection, words).map((value) => value.address);
  const isSingle = range.count === 1 && !isMultiple;
  const code = isBits ? (isSingle ? 5 : 15) : isSingle ? 6 : 16;
  const request = {
    kind: 'write',
    function: code,
    ...range,
    values: Uint16Array.from(words),
    expiryMs: EXPIRY_MS,
  } as const;
  return { selection, addresses, words, request };
}

/** Each value as it is shown; `?` for what could not be read. */
export function textOf({ selection, addresses }: Target, words: readonly number[] | undefined): readonly string[] {
  return words === undefined ? addresses.map(() => '?') : valuesOf(selection, words).map(({ text }) => text);
}

/** Whether these are the words that were wanted. */
export const isWanted = ({ words }: Target, found: readonly number[]): boolean =>
  words.every((word, index) => word === found[index]);

const countText = (count: number): string => (count === 1 ? 'one value' : `${count} values`);

function coilValue(text: string): number {
  const value = COIL_VALUES[text.toLowerCase()];
  if (value !== undefined && Object.hasOwn(COIL_VALUES, text.toLowerCase())) return value;
  throw usage(`a coil is 0, 1, off or on, not "${text}"`);
}

export const rangeText = ({ request }: Target): string => formatRange(request);
