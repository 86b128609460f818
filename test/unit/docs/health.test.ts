import { healthShape, judgeHealth } from '../../../host/src/health/index.ts';
import type { JsonObject, JsonValue } from '../../../host/src/json/value.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TROUBLED } from '../host/health/health-facts.ts';
import { accepts } from './json-schema.ts';
import { settingRows } from './setting-rows.ts';
import { cellsOf, namedRows, readDocument, sectionOf } from './tables.ts';

const test = suite('docs/health.md');
const document = readDocument('health.md');
const answer = sectionOf(document, 'The answer');

test('lists every member of the answer with its type and meaning', () => {
  const wanted = settingRows({ heading: 'The answer', file: 'health.json', at: [] }).map(cellsOf);
  assert.deepEqual(
    namedRows(answer).map(cellsOf),
    wanted.map(([name, type, presence, meaning]) => [name, type, presence === 'required' ? 'always' : '', meaning]),
  );
});

test('its example is an answer', () => {
  const text = /```json health\n([\s\S]*?)```/.exec(answer)?.[1] ?? '';
  assert.ok(accepts(healthShape.schema as JsonObject, JSON.parse(text) as JsonValue));
  assert.deepEqual(JSON.parse(text), judgeHealth(TROUBLED));
});

test.run();
