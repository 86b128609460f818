import fc from 'fast-check';
import { compileRoute, routeNeverFires } from '../../host/src/routes/index.ts';
import { parseRoute } from '../../host/src/routes/parse-route.ts';
import { assert, suite } from '../lib/suite.ts';
import { messageOfTable } from '../unit/host/routes/message-of-table.ts';
import { expression, tableMessage, typedCondition } from './routes-arbitrary.ts';
import { print, withoutPlaces } from './routes-printed.ts';

const test = suite('routes', { timeoutMs: 60_000 });
const RUNS = { numRuns: 1_000 };
const route = (condition: string) => compileRoute(`FROM /messages/* WHERE ${condition} INTO $upstream`);
const parsed = (condition: string) => withoutPlaces(parseRoute(`FROM /* WHERE ${condition} INTO $upstream`).condition);

/** Checks that conditions give the same for every message. */
function equivalent(...conditions: readonly ((a: string, b: string) => string)[]): void {
  fc.assert(
    fc.property(typedCondition, typedCondition, tableMessage, (a, b, table) => {
      const results = conditions.map((write) => route(write(a, b)).evaluate(messageOfTable(table)));
      for (const result of results) assert.equal(result, results[0]);
    }),
    RUNS,
  );
}

test('an expression printed with the brackets it needs is parsed to itself', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      assert.deepEqual(parsed(print(tree, 'needed')), withoutPlaces(tree));
    }),
    RUNS,
  );
});

test('brackets that are not needed change nothing', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      assert.deepEqual(parsed(print(tree, 'all')), withoutPlaces(tree));
    }),
    RUNS,
  );
});

test('places of an expression are where its text is', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      const { text, condition } = parseRoute(`FROM /* WHERE ${print(tree, 'needed')} INTO $upstream`);
      assert.deepEqual(parsed(text.slice(condition!.offset, condition!.end)), withoutPlaces(tree));
    }),
    RUNS,
  );
});

test('NOT NOT x is x', () =>
  equivalent(
    (a) => `(${a}) AND true`,
    (a) => `NOT NOT (${a})`,
  ));

test('NOT of AND is OR of NOT, and the other way round', () => {
  equivalent(
    (a, b) => `NOT ((${a}) AND (${b}))`,
    (a, b) => `NOT (${a}) OR NOT (${b})`,
  );
  equivalent(
    (a, b) => `NOT ((${a}) OR (${b}))`,
    (a, b) => `NOT (${a}) AND NOT (${b})`,
  );
});

test('AND and OR do not depend on the order of their operands', () => {
  equivalent(
    (a, b) => `(${a}) AND (${b}) AND true`,
    (a, b) => `(${b}) AND (${a}) AND true`,
  );
  equivalent(
    (a, b) => `(${a}) OR (${b}) OR false`,
    (a, b) => `(${b}) OR (${a}) OR false`,
  );
});

test('AND and OR of three do not depend on brackets', () => {
  equivalent(
    (a, b) => `(${a}) AND (${b}) AND site = 'north'`,
    (a, b) => `(${a}) AND ((${b}) AND site = 'north')`,
  );
  equivalent(
    (a, b) => `(${a}) OR (${b}) OR site = 'north'`,
    (a, b) => `(${a}) OR ((${b}) OR site = 'north')`,
  );
});

test('an operand that is weaker is absorbed', () => {
  equivalent(
    (a) => `(${a}) AND true`,
    (a, b) => `(${a}) AND ((${a}) OR (${b})) AND true`,
  );
});

test('a comparison and its opposite are NOT of each other', () => {
  for (const [sign, opposite] of [
    ['=', '<>'],
    ['<', '>='],
    ['>', '<='],
  ] as const) {
    equivalent(
      () => `$body.pressure ${sign} $body.text`,
      () => `NOT ($body.pressure ${opposite} $body.text)`,
    );
    equivalent(
      () => `site ${sign} $messageId`,
      () => `NOT (site ${opposite} $messageId)`,
    );
  }
});

test('IS_DEFINED is never undefined and says whether ?? takes its first operand', () => {
  fc.assert(
    fc.property(typedCondition, tableMessage, (condition, table) => {
      const evaluate = (text: string) => route(text).evaluate(messageOfTable(table));
      const value = evaluate(`(${condition}) OR false`);
      assert.equal(evaluate(`is_defined((${condition}) OR false)`), value !== undefined);
      assert.equal(evaluate(`((${condition}) OR false) ?? true`), value ?? true);
    }),
    RUNS,
  );
});

test('evaluation asks for the body at most once and keeps nothing of a message', () => {
  fc.assert(
    fc.property(typedCondition, tableMessage, tableMessage, (condition, first, second) => {
      const compiled = route(condition);
      const message = messageOfTable(first);
      const result = compiled.evaluate(message);
      assert.ok(message.bodyReads <= (compiled.readsBody ? 1 : 0));
      compiled.evaluate(messageOfTable(second));
      assert.equal(compiled.evaluate(messageOfTable(first)), result);
    }),
    RUNS,
  );
});

test('a route that is said never to fire does not', () => {
  let said = 0;
  fc.assert(
    fc.property(typedCondition, tableMessage, (condition, table) => {
      const stampsJson = table.body !== undefined;
      const compiled = route(condition);
      if (routeNeverFires(compiled, { stampsJson }) === undefined) return;
      said++;
      assert.notEqual(compiled.evaluate(messageOfTable(table)), true);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(said > 50, `only ${said} routes were said never to fire`);
});

test.run();
