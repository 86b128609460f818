import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonObject, JsonValue } from '../../../host/src/json/value.ts';
import { JSON_SCHEMAS } from '../../../host/src/manifest/json-schemas.ts';
import { assert, suite } from '../../lib/suite.ts';
import { badVectors, isGateway, readValid, textOf, validFiles } from '../host/manifest/vectors.ts';
import { accepts } from './json-schema.ts';

const test = suite('JSON Schemas');
const FOLDER = fileURLToPath(new URL('../../../docs/schema', import.meta.url));

const schemaFor = (gateway: boolean): JsonObject => JSON_SCHEMAS[gateway ? 'gateway.json' : 'deployment.json']!;

for (const name of Object.keys(JSON_SCHEMAS)) {
  test(`docs/schema/${name} is what the decoder describes; test/unit/docs/write-schemas.ts writes it`, () => {
    assert.deepEqual(
      JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')),
      JSON.parse(JSON.stringify(JSON_SCHEMAS[name])),
    );
  });
}

for (const file of validFiles) {
  test(`accepts ${file}`, () => {
    assert.ok(accepts(schemaFor(file.startsWith('gateway')), JSON.parse(readValid(file)) as JsonValue));
  });
}

for (const vector of badVectors.filter(({ text }) => text === undefined)) {
  const refused = vector.schema !== false;
  test(`${refused ? 'refuses' : 'leaves to the decoder'}: ${vector.name}`, () => {
    const value = JSON.parse(textOf(vector)) as JsonValue;
    assert.equal(accepts(schemaFor(isGateway(vector)), value), !refused);
  });
}

test('describes every setting in a sentence', () => {
  const missing: string[] = [];
  const visit = (schema: JsonValue | undefined, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, ...rest } = schema as JsonObject;
    for (const [key, value] of Object.entries((properties ?? {}) as JsonObject)) {
      const text = (value as JsonObject)['description'];
      if (typeof text !== 'string' || !text.endsWith('.')) missing.push(`${path}.${key}`);
      visit(value, `${path}.${key}`);
    }
    for (const [key, value] of Object.entries(rest)) if (key !== 'default') visit(value, path);
  };
  for (const [name, schema] of Object.entries(JSON_SCHEMAS)) visit(schema, name);
  assert.deepEqual(missing, []);
});

test.run();
