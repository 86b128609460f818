import { routeError } from './route-error.ts';

const DECIMAL = /^-?(?:\d+|\d*\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^0[xX][0-9a-fA-F]+$/;

/** The number that a whole word is, undefined if the word is a name. A number that a double cannot hold is an error. */
export function scanNumber(text: string, offset: number, word: string): number | undefined {
  const hexadecimal = HEXADECIMAL.test(word);
  if (!hexadecimal && !DECIMAL.test(word)) return undefined;
  const value = Number(word);
  if (hexadecimal ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
  throw routeError(
    'ROUTE_SYNTAX',
    text,
    { offset, end: offset + word.length },
    {
      expected: hexadecimal ? 'a hexadecimal number up to 0x1FFFFFFFFFFFFF' : 'a number between -1.8e308 and 1.8e308',
      got: 'a larger one',
    },
  );
}
