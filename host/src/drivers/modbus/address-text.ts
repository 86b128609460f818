import { type ErrorCode, GatehouseError } from '../../errors.ts';
import { type RegisterRange, TABLE_NAMES, type Table } from './register-range.ts';

/** Why a text is not an address, and where in it. */
export interface AddressTextProblem {
  readonly kind: 'problem';
  /** Position in the text, in UTF-16 units. */
  readonly offset: number;
  readonly expected: string;
  readonly got: string;
}

export type AddressText = { readonly kind: 'range'; readonly range: RegisterRange } | AddressTextProblem;

export const ADDRESS_MAX = 65_535;
const NUMBER = /(?:0|[1-9][0-9]*)(?![0-9])/y;

/** Reads an address text: a table, a colon, an address from 0 or a range of them. `coil:1`, `holding:0-9`. */
export function parseAddressText(text: string): AddressText {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const table = TABLE_NAMES.indexOf(name) + 1;
  if (table === 0) return problem(text, 0, `one of ${TABLE_NAMES.join(', ')}`);
  if (colon < 0) return problem(text, text.length, 'a colon and an address');
  const first = readNumber(text, colon + 1);
  if ('kind' in first) return first;
  if (first.end === text.length) return found(table, first.value, first.value);
  if (text[first.end] !== '-') return problem(text, first.end, 'a hyphen or the end');
  const last = readNumber(text, first.end + 1);
  if ('kind' in last) return last;
  if (last.end !== text.length) return problem(text, last.end, 'the end');
  if (last.value < first.value) return problem(text, first.end + 1, `an address from ${first.value}`);
  return found(table, first.value, last.value);
}

/** Like `parseAddressText`, for texts that were checked before: throws `code` with the place. */
export function readAddressText(text: string, code: ErrorCode, path: string): RegisterRange {
  const parsed = parseAddressText(text);
  if (parsed.kind === 'range') return parsed.range;
  const { offset, expected, got } = parsed;
  throw new GatehouseError(code, `${path}: expected ${expected} at offset ${offset} of "${text}", got ${got}`, {
    details: { path, offset, expected, got },
  });
}

function readNumber(text: string, offset: number): { value: number; end: number } | AddressTextProblem {
  NUMBER.lastIndex = offset;
  const digits = NUMBER.exec(text)?.[0];
  const value = Number(digits);
  if (digits === undefined || value > ADDRESS_MAX) return problem(text, offset, `an address from 0 to ${ADDRESS_MAX}`);
  return { value, end: offset + digits.length };
}

function found(table: number, first: number, last: number): AddressText {
  return { kind: 'range', range: { table: table as Table, address: first, count: last - first + 1 } };
}

function problem(text: string, offset: number, expected: string): AddressTextProblem {
  const rest = text.slice(offset, offset + 20);
  return { kind: 'problem', offset, expected, got: rest === '' ? 'the end' : `"${rest}"` };
}
