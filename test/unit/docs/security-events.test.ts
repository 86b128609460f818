import { ERRORS, type ErrorCode } from '../../../host/src/errors.ts';
import { securityKindOf } from '../../../host/src/security/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { cellsOf, namedRows, readDocument, sectionOf } from './tables.ts';

const test = suite('docs/security-events.md');
const document = readDocument('security-events.md');

test('lists every code that is a security event, by its kind, and no others', () => {
  const written = namedRows(sectionOf(document, 'Kinds')).map(cellsOf);
  const kinds = new Map<string, string[]>();
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const kind = securityKindOf(code);
    if (kind !== undefined) kinds.set(kind, [...(kinds.get(kind) ?? []), code]);
  }
  assert.deepEqual(
    written.map(([kind, codes]) => [kind, codes?.match(/[A-Z_]+/g)?.sort()]).sort(),
    [...kinds].map(([kind, codes]) => [kind, codes.sort()]).sort(),
  );
});

test('its example has the members that it lists', () => {
  const example = /^```json\n(.*)\n```/m.exec(document)?.[1] ?? '';
  const listed = namedRows(sectionOf(document, 'What an event says')).map((row) => cellsOf(row)[0]);
  const has = Object.keys(JSON.parse(example) as object);
  assert.deepEqual(
    has.filter((name) => !listed.includes(name)),
    [],
  );
});

test.run();
