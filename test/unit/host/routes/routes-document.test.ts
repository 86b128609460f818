import { readFileSync } from 'node:fs';
import { GatehouseError } from '../../../../host/src/errors.ts';
import {
  compileRoute,
  ROUTE_FUNCTIONS,
  ROUTE_LIMITS,
  routeNeverFires,
  SYSTEM_PROPERTIES,
} from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { messageOfTable, type TableMessage } from './message-of-table.ts';

const document = readFileSync(new URL('../../../../docs/routes.md', import.meta.url), 'utf8');
const blocks = [...document.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text: text!,
}));
const blocksOf = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ text }) => text.trim());
const test = suite('docs/routes.md');

for (const text of blocksOf('route')) {
  test(`compiles: ${text}`, () => {
    assert.equal(routeNeverFires(compileRoute(text), { stampsJson: true }), undefined);
  });
}

for (const block of blocksOf('refused')) {
  const [text, message] = block.split('\n');
  test(`is refused: ${text}`, () => {
    assert.throws(
      () => compileRoute(text!),
      (error: unknown) => {
        assert.ok(error instanceof GatehouseError);
        assert.equal(`${error.code}: ${error.message}`, message);
        return true;
      },
    );
  });
}

const message = JSON.parse(blocksOf('message')[0]!) as TableMessage;

for (const line of blocksOf('conditions').flatMap((block) => block.split('\n'))) {
  test(`evaluates: ${line}`, () => {
    const [condition, expected] = line.split(/ +-> /);
    const route = compileRoute(`FROM /messages/* WHERE ${condition} INTO $upstream`);
    assert.equal(String(route.evaluate(messageOfTable(message))), expected);
  });
}

test('the table has all functions with their arguments, and every one has an example', () => {
  const section = document.slice(document.indexOf('## Functions'), document.indexOf('## Delivery'));
  const documented = [...section.matchAll(/^\| `(\w+\(.*?\))` \|/gm)].map(([, signature]) => signature!);
  const signatures = [...ROUTE_FUNCTIONS.values()].map(({ signature }) => signature);
  assert.deepEqual(documented.sort(), [...signatures, 'twin_change_includes(path)'].sort());
  const examples = [...blocksOf('conditions'), ...blocksOf('route')].join('\n');
  for (const name of [...ROUTE_FUNCTIONS.keys(), 'twin_change_includes'])
    assert.ok(examples.includes(`${name}(`), name);
});

test('all system properties are named', () => {
  const list = /^System properties: ([\s\S]*?)\. A message/m.exec(document)![1]!;
  assert.deepEqual(
    [...list.matchAll(/`(.+?)`/g)].map(([, name]) => name),
    SYSTEM_PROPERTIES,
  );
});

test('the limits are named', () => {
  for (const limit of Object.values(ROUTE_LIMITS))
    assert.ok(document.includes(limit.toLocaleString('en-US')), `${limit}`);
});

test('there are examples of every kind', () => {
  assert.ok(blocksOf('route').length >= 4 && blocksOf('refused').length >= 4 && blocksOf('conditions').length >= 4);
});

test.run();
