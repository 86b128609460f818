import { readFileSync } from 'node:fs';
import { ERRORS } from '../../../host/src/errors.ts';
import { assert, suite } from '../../lib/suite.ts';
import { ATTACKS, FAMILIES } from './attacks.ts';

const test = suite('the collection of attacks');

test('has at least sixty attacks, each with a name of its own', () => {
  const names = ATTACKS.map(({ name }) => name);
  assert.ok(names.length >= 60, `${names.length} attacks`);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z0-9-]{1,64}$/);
});

test('says in one sentence what each attack tries', () => {
  for (const { name, tries } of ATTACKS) assert.match(tries, /^[A-Z][^\n]{10,200}\.$/, name);
});

test('expects only codes that the host has', () => {
  for (const { name, expected } of ATTACKS) {
    const codes =
      expected.kind === 'runs'
        ? [...(expected.reports ?? []), ...(expected.failures ?? []).map(({ code }) => code)]
        : [expected.code];
    for (const code of codes) assert.ok(Object.hasOwn(ERRORS, code), `${name}: ${code}`);
  }
});

test('has the families that the threat model lists, with their numbers', () => {
  const text = readFileSync(new URL('../../../docs/threat-model.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| \[?`?([a-z-]+)`?\]?(?:\([^)]*\))? +\| +(\d+) \|/gm)].map(([, name, count]) => [
    name,
    Number(count),
  ]);
  assert.deepEqual(
    Object.fromEntries(rows),
    Object.fromEntries(Object.entries(FAMILIES).map(([name, attacks]) => [name, attacks.length])),
  );
});

test.run();
