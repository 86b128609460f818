import type { JsonNode, Place, Shape } from '../../json/index.ts';
import { ADDRESS_MAX, type AddressTextProblem, parseAddressText } from './address-text.ts';
import { isBitTable, isWritable, type RegisterRange, TABLE_NAMES } from './register-range.ts';

const SCHEMA = { type: 'string', pattern: '^(coil|discrete|holding|input):[0-9]+(-[0-9]+)?$' };
const WRITABLE_SCHEMA = { type: 'string', pattern: '^(coil|holding):[0-9]+(-[0-9]+)?$' };
const ADDRESS_SCHEMA = { type: 'string', pattern: '^(coil|holding):[0-9]+$' };

type Rule = (range: RegisterRange) => boolean;

/** Registers that can be read, such as `holding:0-9`. */
export const readableRange = addressShape('registers such as "holding:0-9" or "coil:1"', SCHEMA, () => true);

/** Registers that can be written. */
export const writableRange = addressShape(
  'coils or holding registers such as "coil:1" or "holding:0-9"',
  WRITABLE_SCHEMA,
  (range) => isWritable(range.table),
);

/** One register that can be written. */
export const writableAddress = addressShape(
  'one coil or holding register such as "coil:1"',
  ADDRESS_SCHEMA,
  (range) => isWritable(range.table) && range.count === 1,
);

/** Whether an address text that was decoded before names coils or discrete inputs, whose values are 0 and 1. */
export function namesBits(address: string): boolean {
  const parsed = parseAddressText(address);
  return parsed.kind === 'range' && isBitTable(parsed.range.table);
}

/** How many registers or coils an address text that was decoded before names. */
export function registerCount(address: string): number {
  const parsed = parseAddressText(address);
  return parsed.kind === 'range' ? parsed.range.count : 0;
}

function addressShape(expected: string, schema: Shape<string>['schema'], rule: Rule): Shape<string> {
  return {
    expected,
    schema,
    decode(node: JsonNode, place: Place) {
      if (node.kind === 'number') return place.mismatch(node, expected, asInManuals(String(node.value)));
      if (node.kind !== 'string') return place.mismatch(node, expected);
      const parsed = parseAddressText(node.value);
      if (parsed.kind === 'problem') return place.mismatch(node, expected, why(parsed, node.value));
      return rule(parsed.range) ? node.value : place.mismatch(node, expected);
    },
  };
}

const why = ({ offset, expected, got }: AddressTextProblem, text: string): string =>
  offset === 0
    ? asInManuals(text) || `; tables are ${TABLE_NAMES.join(', ')}`
    : `; at character ${offset + 1} expected ${expected}, got ${got}`;

/** The number in front of a register in manuals, which count from 1, by the table. */
const IN_MANUALS: Readonly<Record<string, string>> = { 0: 'coil', 1: 'discrete', 3: 'input', 4: 'holding' };

/** What a number as manuals have it would be; nothing if it is none. */
function asInManuals(text: string): string {
  const [, digit = '', number = ''] = /^([0134])([0-9]{4,5})$/.exec(text) ?? [];
  const address = Number(number) - 1;
  return digit === '' || address < 0 || address > ADDRESS_MAX
    ? ''
    : `; the register that manuals call ${text} is "${IN_MANUALS[digit]}:${address}"`;
}
