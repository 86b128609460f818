import fc from 'fast-check';
import { ERRORS } from '../../host/src/errors.ts';
import { PROBLEMS_MAX, parseJson } from '../../host/src/json/index.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { decodeVector, type Json, readValid, validFiles } from '../unit/host/manifest/vectors.ts';

const test = suite('configuration files, damaged', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };

const file = fc.constantFrom(...validFiles);
const scalar = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    '',
    '__proto__',
    'constructor',
    'wasm',
    'docker',
    '1.1',
    -1,
    0,
    0.5,
    1e300,
    65_536,
    4_294_967_296,
  ),
  fc.string({ unit: 'binary' }),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('type', 'settings', 'image', 'toString', 'route')), scalar, {
    maxKeys: 3,
  }),
) as fc.Arbitrary<Json>;

/** Whatever comes in, what comes out is a value or problems of the table, all with a place in the text. */
function assertStrict(text: string, gateway: boolean): void {
  const { value: decoded, problems } = decodeVector(text, gateway);
  assert.ok(problems.length <= PROBLEMS_MAX + 1);
  for (const { code, line, column, message } of problems) {
    assert.ok(Object.hasOwn(ERRORS, code));
    assert.ok(line! >= 1 && column! >= 1 && message.length > 0);
    assert.ok(!/[\p{Cc}]/u.test(message), message);
  }
  if (decoded === undefined) assert.ok(problems.some(({ severity }) => severity === 'error'));
}

test('values replaced, added and removed anywhere give problems or a value, never an exception', () => {
  const change = fc.record({ at: fc.nat(), value, kind: fc.constantFrom('replace', 'add', 'remove', 'duplicate') });
  fc.assert(
    fc.property(file, fc.array(change, { minLength: 1, maxLength: 4 }), fc.string(), (name, changes, key) => {
      const root = JSON.parse(readValid(name)) as Json;
      for (const { at, value: replacement, kind } of changes) {
        const places = placesOf(root);
        const { parent, key: own } = places[at % places.length]!;
        if (kind === 'remove') delete parent[own];
        else if (kind === 'add' && Array.isArray(parent)) parent.push(replacement);
        else if (kind === 'add') parent[key] = replacement;
        else if (kind === 'duplicate') parent[`${own}x`] = parent[own]!;
        else parent[own] = replacement;
      }
      assertStrict(JSON.stringify(root), name.startsWith('gateway'));
    }),
    OPTIONS,
  );
});

test('characters replaced, added and removed anywhere give problems or a value, never an exception', () => {
  const character = fc.oneof(
    fc.constantFrom(...'{}[]",:\\/-0e1tfn \u0000\ufeff\ud800'),
    fc.string({ unit: 'binary', maxLength: 2 }),
  );
  const change = fc.record({ at: fc.nat(), length: fc.nat(3), text: character });
  fc.assert(
    fc.property(file, fc.array(change, { minLength: 1, maxLength: 5 }), (name, changes) => {
      let text = readValid(name);
      for (const { at, length, text: added } of changes) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + added + text.slice(start + length);
      }
      assertStrict(text, name.startsWith('gateway'));
    }),
    OPTIONS,
  );
});

test('a control character in a name does not come out in a suggestion', () => {
  const text = readValid('deployment-complete.json').replace('"translate":', '"\\translate":');
  assert.ok(text.includes('\\t'));
  assertStrict(text, false);
});

test('a file cut anywhere gives a problem', () => {
  for (const name of validFiles) {
    const text = readValid(name).trimEnd();
    for (let length = 0; length < text.length; length++) {
      const { value: decoded, problems } = decodeVector(text.slice(0, length), name.startsWith('gateway'));
      assert.equal(decoded, undefined, `${name} cut at ${length}`);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['JSON_SYNTAX'],
      );
    }
  }
});

test('the reader of JSON agrees with the engine about what JSON is and means', () => {
  const text = fc.oneof(
    fc.json(),
    fc.array(fc.constantFrom(...'{}[]",:-.0123456789eE+truefalsn\\u "'), { maxLength: 12 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const { root, faults } = parseJson(candidate);
      if (faults.some(({ message }) => /twice|__proto__|surrogate|too large|deeper/.test(message))) return;
      let expected: unknown;
      try {
        expected = JSON.parse(candidate);
      } catch {
        assert.equal(root, undefined, `the engine refuses ${candidate}`);
        return;
      }
      assert.ok(root !== undefined, `the engine accepts ${candidate}: ${JSON.stringify(faults)}`);
      assert.equal(JSON.stringify(expected), JSON.stringify(plainValue(root)));
    }),
    OPTIONS,
  );
});

function plainValue(node: NonNullable<ReturnType<typeof parseJson>['root']>): unknown {
  if (node.kind === 'null') return null;
  if (node.kind === 'array') return node.items.map(plainValue);
  if (node.kind === 'object')
    return Object.fromEntries([...node.members].map(([key, { value: item }]) => [key, plainValue(item)]));
  return node.value;
}

interface Spot {
  readonly parent: Record<string | number, Json>;
  readonly key: string | number;
}

function placesOf(root: Json): Spot[] {
  const found: Spot[] = [];
  const pending: Json[] = [root];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    if (typeof parent !== 'object' || parent === null) continue;
    const owner = parent as Record<string | number, Json>;
    for (const key of Object.keys(owner)) {
      found.push({ parent: owner, key });
      pending.push(owner[key]!);
    }
  }
  return found.length > 0 ? found : [{ parent: root as Record<string, Json>, key: 'x' }];
}

test.run();
