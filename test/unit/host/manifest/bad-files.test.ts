import { assert, suite } from '../../../lib/suite.ts';
import { badVectors, decodeVector, isGateway, textOf } from './vectors.ts';

const test = suite('files that are wrong');

for (const vector of badVectors) {
  test(`${vector.name}: its problems come out with code, path and place`, () => {
    const text = textOf(vector);
    const { problems } = decodeVector(text, isGateway(vector));
    const found = problems.map(({ code, path, module }) => ({
      code,
      path,
      ...(module === undefined ? {} : { module }),
    }));
    assert.deepEqual(found, vector.expect, JSON.stringify(problems, undefined, 1));
    const lines = text.split('\n');
    for (const { line, column, message, severity } of problems) {
      assert.equal(severity, 'error');
      assert.ok(message.length > 10);
      assert.ok(line! >= 1 && line! <= lines.length, `line ${line}`);
      assert.ok(column! >= 1 && column! <= lines[line! - 1]!.length + 1, `column ${column}`);
    }
  });
}

test('no value comes out when a problem concerns the file, and the healthy modules when each concerns one', () => {
  for (const vector of badVectors) {
    const { value } = decodeVector(textOf(vector), isGateway(vector));
    const ofFile = isGateway(vector) || vector.expect.some(({ module }) => module === undefined);
    assert.equal(value === undefined, ofFile, vector.name);
    if (value === undefined || !('modules' in value)) continue;
    const wrong = new Set(vector.expect.map(({ module }) => module));
    assert.ok(value.modules.length > 0 && value.modules.every(({ id }) => !wrong.has(id)), vector.name);
    assert.ok(value.declared.includes('translate'));
  }
});

test('the table has at least sixty rows with different names', () => {
  assert.ok(badVectors.length >= 60);
  assert.equal(new Set(badVectors.map(({ name }) => name)).size, badVectors.length);
});

test.run();
