import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectModule } from '../../../../host/src/sandbox/index.ts';
import { functionNames } from '../../../../host/src/trace/function-names.ts';
import { ModuleTrace } from '../../../../host/src/trace/index.ts';
import { findSourcePlace } from '../../../../host/src/trace/source-map.ts';
import { appendCustomSection } from '../../../../tools/src/module-build/custom-section.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('traps in the words of the author');
const map = (mappings: string, sources: unknown = ['a.ts', 'b.ts'], version: unknown = 3): string =>
  JSON.stringify({ version, sources, names: [], mappings });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
/** A name section with functions 0, 1 and 200. */
const NAMES = Uint8Array.from([0, 2, 1, 0x6d, 1, 12, 3, 0, 2, 0x61, 0x62, 1, 0, 0xc8, 1, 1, 0x7a]);

test('a segment holds until the next one begins', () => {
  // Offsets 10, 20 and 30: a.ts 1:1, b.ts 3:5, and a part without a source.
  const text = map('UAAA,UCEI,U');
  assert.equal(findSourcePlace(text, 9), undefined);
  assert.deepEqual(findSourcePlace(text, 10), { file: 'a.ts', line: 1, column: 1 });
  assert.deepEqual(findSourcePlace(text, 19), { file: 'a.ts', line: 1, column: 1 });
  assert.deepEqual(findSourcePlace(text, 20), { file: 'b.ts', line: 3, column: 5 });
  assert.equal(findSourcePlace(text, 30), undefined);
});

test('differences may be negative and take several digits', () => {
  // 1,000 bytes on, the second source, line 101; then 500 bytes on, back to the first source and line 1.
  const text = map('w+BCoGA,ofDpGA');
  assert.deepEqual(findSourcePlace(text, 1_000), { file: 'b.ts', line: 101, column: 1 });
  assert.deepEqual(findSourcePlace(text, 1_500), { file: 'a.ts', line: 1, column: 1 });
});

for (const [what, text] of Object.entries({
  'no JSON': 'x',
  null: 'null',
  'another version': map('UAAA', ['a.ts'], 2),
  'no sources': map('UAAA', 'a.ts'),
  'a source that is no text': map('UAAA', [7]),
  'a source that is not listed': map('UQAA', ['a.ts']),
  'other characters': map('U\u{1f600}AAA'),
  'a number without end': map(`${'g'.repeat(1_000)}`),
})) {
  test(`a source map with ${what} explains nothing`, () => {
    assert.equal(findSourcePlace(text, 100), undefined);
  });
}

test('names are read for the functions that are asked for', () => {
  assert.deepEqual(
    [...functionNames(NAMES, new Set([0, 200]))],
    [
      [0, 'ab'],
      [200, 'z'],
    ],
  );
  assert.deepEqual([...functionNames(NAMES, new Set([7]))], []);
});

test('a name section that is cut off or wild gives what it has', () => {
  for (let length = 0; length <= NAMES.byteLength; length++)
    assert.ok(functionNames(NAMES.subarray(0, length), new Set([0, 200])).size <= 2);
  assert.equal(
    functionNames(Uint8Array.from([1, 255, 255, 255, 255, 15, 255, 255, 255, 255, 15]), new Set([0])).size,
    0,
  );
});

test('a module has no say in which files the host reads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-trace-'));
  try {
    writeFileSync(join(folder, 'secret.map'), map('AAAA', ['found.ts']));
    const describe = (url: string): string => {
      const empty = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
      const text = bytesOf(url);
      const wasm = appendCustomSection(empty, 'sourceMappingURL', Uint8Array.from([text.byteLength, ...text]));
      const path = join(folder, 'm.wasm');
      writeFileSync(path, wasm);
      const digest = createHash('sha256').update(wasm).digest('hex');
      const trace = new ModuleTrace({
        path,
        digest,
        facts: inspectModule(wasm),
        offsets: Uint32Array.from([0, 0, 99, 99]),
      });
      return trace.describe([{ function: 3, offset: 5 }]);
    };
    assert.equal(describe('./secret.map'), 'function 3 (found.ts:1:1)');
    assert.equal(describe('secret.map'), 'function 3 (found.ts:1:1)');
    for (const url of [
      '../x/secret.map',
      join(folder, 'secret.map'),
      `file://${folder}/secret.map`,
      '/dev/zero',
      'm.wasm',
      './..map',
      'secret.map\0',
    ])
      assert.equal(describe(url), 'function 3 (0x5)', url);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
