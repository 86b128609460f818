import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { GatehouseError } from '../../host/src/errors.ts';
import { compileRoute, routeNeverFires } from '../../host/src/routes/index.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { tableMessage, typedCondition } from '../property/routes-arbitrary.ts';
import { messageOfTable, type TableMessage } from '../unit/host/routes/message-of-table.ts';

const test = suite('routes, damaged', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS, verbose: 1 as const };

const FOLDER = new URL('../vectors/routes/', import.meta.url);
const routes: readonly string[] = readdirSync(FOLDER)
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')).cases ?? [])
  .flatMap(({ route, condition }: { route?: string; condition?: string | boolean }) =>
    typeof condition === 'string' ? [`FROM /messages/* WHERE ${condition} INTO $upstream`] : (route ?? []),
  );

/** Words and signs of the language, and what is close to them. */
const SOUP = [
  ...['SELECT', 'FROM', 'WHERE', 'INTO', 'AND', 'OR', 'NOT', 'true', 'false', 'null', 'undefined', '$upstream'],
  ...['+', '-', '*', '/', '%', '||', '=', '!=', '<>', '<', '<=', '>', '>=', '??', '(', ')', '{', '}', ',', '[', ']'],
  ...['/*', '*/', '/messages/*', '/modules/a/inputs/b', 'BrokeredEndpoint("/modules/a/inputs/b")', '&&', '==', '!'],
  ...[
    'site',
    '$body.a',
    '$body.a.b[0]',
    '{$body.a}',
    '$body.',
    '$',
    '"x"',
    "'x'",
    "'",
    '"',
    '\\',
    '\\u00',
    '1',
    '-1',
    '1e400',
  ],
  ...['0x', '0xffffffffffffffffffff', '.5', '1e', '__proto__', 'constructor(', 'toString', 'is_defined(', 'power(1,'],
  ...[
    'as_number(',
    'substring(',
    'twin_change_includes(',
    'properties.reported.a',
    '\u0000',
    '\u00a0',
    '\ud800',
    ' ',
    '\n',
  ],
];
const soup = fc.array(fc.constantFrom(...SOUP), { maxLength: 40 });
const glue = fc.constantFrom('', ' ');

/** A text of the tables with a few places cut, doubled or replaced. */
const damaged = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...routes),
      typedCondition.map((condition) => `FROM /messages/* WHERE ${condition} INTO $upstream`),
    ),
    fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), fc.oneof(fc.constantFrom(...SOUP), fc.string())),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((result, [where, cut, insert]) => {
      const at = Math.floor(where * result.length);
      return result.slice(0, at) + insert + result.slice(at + cut);
    }, text),
  );

/** What comes out is a route that evaluates to true, false or undefined, or an error of the language with a place in the text. */
function assertStrict(text: string, table: TableMessage): void {
  let route: ReturnType<typeof compileRoute>;
  try {
    route = compileRoute(text);
  } catch (error) {
    assert.ok(error instanceof GatehouseError, `${String(error)} for ${JSON.stringify(text)}`);
    assert.match(error.code, /^ROUTE_(?:SYNTAX|TYPE|UNKNOWN_FUNCTION)$/);
    const { offset, expected, got } = error.details;
    assert.ok(Number.isInteger(offset) && (offset as number) >= 0 && (offset as number) <= text.length);
    assert.ok(typeof expected === 'string' && expected !== '' && typeof got === 'string' && got !== '');
    assert.ok(error.message.length < 700 && !/\p{Cc}/u.test(error.message));
    return;
  }
  const result = route.evaluate(messageOfTable(table));
  assert.ok(result === true || result === false || result === undefined);
  const reason = routeNeverFires(route, { stampsJson: table.body !== undefined });
  if (reason?.startsWith('the condition')) assert.notEqual(result, true, text);
}

test('any text is a route or an error with a place', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), tableMessage, assertStrict), OPTIONS);
});

test('words of the language in any order are a route or an error with a place', () => {
  fc.assert(
    fc.property(soup, glue, tableMessage, (words, between, table) => {
      assertStrict(words.join(between), table);
      assertStrict(`FROM /messages/* WHERE ${words.join(between)} INTO $upstream`, table);
    }),
    OPTIONS,
  );
});

test('damaged routes are a route or an error with a place', () => {
  fc.assert(fc.property(damaged, tableMessage, assertStrict), OPTIONS);
});

test('long runs of one word neither overflow the stack nor take long', () => {
  for (const word of SOUP) {
    for (const between of ['', ' ']) {
      const run = Array.from({ length: Math.floor(32_000 / (word.length + between.length)) }, () => word).join(between);
      for (const text of [run, `FROM ${run}`, `FROM /* WHERE ${run} INTO $upstream`, `FROM /* INTO ${run}`]) {
        const before = performance.now();
        assertStrict(text, { properties: {}, system: {}, body: { a: { b: [1] } } });
        assert.ok(performance.now() - before < 5_000, `${word} took too long`);
      }
    }
  }
});

test.run();
