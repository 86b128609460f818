import { quote, routeError } from './route-error.ts';

/**
 * Reads the string that begins with the quote at `offset`. Escapes are \" \' \\ and \uXXXX; a string may go over several
 * lines.
 */
export function scanString(text: string, offset: number): { readonly value: string; readonly end: number } {
  const mark = text[offset]!;
  let value = '';
  let at = offset + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined) {
      throw routeError(
        'ROUTE_SYNTAX',
        text,
        { offset, end: text.length },
        {
          expected: `a closing ${mark}`,
          got: 'the end of the route',
        },
      );
    }
    if (character === mark) return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      at++;
      continue;
    }
    const unicode = /^u([0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6));
    const escaped = text[at + 1];
    if (unicode !== null) {
      value += String.fromCharCode(Number.parseInt(unicode[1]!, 16));
      at += 6;
    } else if (escaped === '"' || escaped === "'" || escaped === '\\') {
      value += escaped;
      at += 2;
    } else {
      throw routeError(
        'ROUTE_SYNTAX',
        text,
        { offset: at, end: Math.min(text.length, at + 2) },
        {
          expected: 'one of the escapes \\" \\\' \\\\ \\uXXXX',
          got: escaped === undefined ? 'the end of the route' : quote(text.slice(at, at + 2)),
        },
      );
    }
  }
}
