import { ERRORS } from '../../../host/src/errors.ts';
import { assert, suite } from '../../lib/suite.ts';
import { readDocument, sectionOf } from './tables.ts';

const test = suite('docs/errors.md');
const document = readDocument('errors.md');
const documented = [...document.matchAll(/^### (.+)$/gm)].map(([, code]) => code!);

test('describes every code of the host and no others', () => {
  assert.deepEqual([...documented].sort(), Object.keys(ERRORS).sort());
});

for (const [code, { kind, text }] of Object.entries(ERRORS)) {
  test(`${code} has its kind, its sentence, a cause, and what to do`, () => {
    const section = sectionOf(document, code);
    assert.ok(section.includes(`**${kind}.** ${text}\n`), section);
    assert.match(section, /^- \*\*Cause:\*\* .+\.$/m);
    assert.match(section, /^- \*\*What to do:\*\* .+\.$/m);
  });
}

test('explains every kind', () => {
  for (const kind of new Set(Object.values(ERRORS).map((error) => error.kind))) {
    assert.ok(document.includes(`**${kind}**`), kind);
  }
});

test.run();
