import { QUEUE_DEFAULTS } from '../../../host/src/journal/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { cellsOf, namedRows, readDocument, readNumber, sectionOf } from './tables.ts';

const test = suite('docs/journal.md');

test('has every setting of a queue with its default, and no others', () => {
  const rows = namedRows(sectionOf(readDocument('journal.md'), 'What is written when')).map(cellsOf);
  const written = rows.map(([name, value]) => [name, Number.isNaN(readNumber(value!)) ? value : readNumber(value!)]);
  assert.deepEqual(written, Object.entries(QUEUE_DEFAULTS));
  for (const [name, , text] of rows) assert.ok(text?.endsWith('.'), `${name} is explained`);
});

test.run();
