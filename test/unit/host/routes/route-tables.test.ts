import { readdirSync, readFileSync } from 'node:fs';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { compileRoute, type RouteSink } from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { messageOfTable, type TableMessage } from './message-of-table.ts';

type Expectation =
  | { readonly expected: boolean | 'undefined'; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly offset: number }; readonly expected?: undefined };

type ConditionCase = {
  readonly rule: string;
  readonly message: string;
  readonly condition: string;
  readonly source?: string;
} & Expectation;
type SourceCase = {
  readonly rule: string;
  readonly source: string;
  readonly message: string;
  readonly expected: boolean;
};
type RouteCase = { readonly rule: string; readonly route: string } & (
  | { readonly sink: RouteSink; readonly source: string; readonly condition: boolean; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly offset: number } }
);

const FOLDER = new URL('../../../vectors/routes/', import.meta.url);
const read = <Content>(name: string): Content => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Content;
const casesOf = <Case>(name: string): readonly Case[] => read<{ cases: readonly Case[] }>(name).cases;

const OTHER_TABLES = ['messages.json', 'routes.json', 'sources.json'];
const conditionTables = readdirSync(FOLDER).filter((name) => !OTHER_TABLES.includes(name));
const messages = read<Record<string, TableMessage>>('messages.json');
const test = suite('route tables');

for (const table of conditionTables) {
  for (const row of casesOf<ConditionCase>(table)) {
    test(`${table}: ${row.rule}: ${row.condition}`, () => checkCondition(row));
  }
}

for (const row of casesOf<SourceCase>('sources.json')) {
  test(`sources.json: ${row.rule}: FROM ${row.source} and ${row.message}`, () => {
    const route = compileRoute(`FROM ${row.source} INTO $upstream`);
    assert.equal(route.matchesSource(row.message), row.expected);
    assert.equal(route.matchesSource(row.message.toUpperCase()), row.expected);
  });
}

for (const row of casesOf<RouteCase>('routes.json')) {
  test(`routes.json: ${row.rule}: ${row.route}`, () => {
    if (row.error !== undefined) {
      refuses(row.route, row.error.code, row.error.offset);
      return;
    }
    const { source, sink, condition } = compileRoute(row.route);
    assert.deepEqual({ source, sink, condition }, { source: row.source, sink: row.sink, condition: row.condition });
  });
}

test('there are at least 150 cases of conditions', () => {
  assert.ok(conditionTables.flatMap((table) => casesOf(table)).length >= 150);
});

function checkCondition(row: ConditionCase): void {
  const before = `FROM ${row.source ?? '/messages/*'} WHERE `;
  const text = `${before}${row.condition} INTO $upstream`;
  if (row.error !== undefined) {
    refuses(text, row.error.code, before.length + row.error.offset);
    return;
  }
  const table = messages[row.message];
  assert.ok(table, `no message ${row.message} in messages.json`);
  const message = messageOfTable(table);
  const route = compileRoute(text);
  const expected = row.expected === 'undefined' ? undefined : row.expected;
  assert.equal(route.evaluate(message), expected);
  assert.equal(route.evaluate(message), expected, 'the second evaluation differs from the first');
  assert.ok(message.bodyReads <= 2, 'the body is asked for more than once for each evaluation');
  if (!route.readsBody) assert.equal(message.bodyReads, 0);
}

function refuses(text: string, code: string, offset: number): void {
  assert.throws(
    () => compileRoute(text),
    (error: unknown) => {
      assert.ok(error instanceof GatehouseError, String(error));
      assert.deepEqual({ code: error.code, offset: error.details['offset'] }, { code, offset }, error.message);
      assert.equal(typeof error.details['expected'], 'string');
      assert.equal(typeof error.details['got'], 'string');
      return true;
    },
  );
}

test.run();
