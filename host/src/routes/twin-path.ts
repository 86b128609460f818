import { type BodyPath, parseBodyPath } from './body-path.ts';
import { quote, routeError, type Span } from './route-error.ts';

const SECTIONS = /^(?:properties\.(?:reported|desired)|tags)\./;

/** The argument of `twin_change_includes`: a path into a twin, as written, without an index. */
export function parseTwinPath(text: string, argument: Span & { readonly text: string }): BodyPath {
  const refused = (expected: string): Error =>
    routeError('ROUTE_SYNTAX', text, argument, {
      expected,
      got: argument.text === '' ? 'nothing' : quote(argument.text),
    });
  if (!SECTIONS.test(argument.text)) {
    throw refused('a path that begins with `properties.reported.`, `properties.desired.` or `tags.`');
  }
  if (/[[\]]/.test(argument.text)) throw refused('a path without an index');
  return parseBodyPath(text, argument.text, argument.offset);
}
