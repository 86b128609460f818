import { readFileSync } from 'node:fs';
import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';
import { emit, openNmea } from './nmea-rig.ts';

const test = suite('nmea-0183 README', { timeoutMs: 120_000 });
const ready = await readyModule('nmea-0183');
const example = (mark: string): unknown[] => readmeExample('nmea-0183', mark);
const open = (mark: string) => openNmea(ready.wasm('release'), example(mark)[0] as Json);
const SENTENCES = example('sentences') as string[];

test('the sentences it shows yield the messages that it shows', () => {
  assert.deepEqual(emit(open('settings'), ...SENTENCES), example('output'));
});

test('merged, the sentences it shows yield the fix that it shows', () => {
  const rig = open('merged');
  emit(rig, ...SENTENCES);
  assert.deepEqual(rig.advance(1_000).take(), example('fix'));
});

test('the twin counts what came as it shows', () => {
  const rig = open('settings');
  emit(rig, ...SENTENCES, 'noise', '$INDPT,2.3,0.0*47');
  rig.advance(5_000);
  assert.deepEqual({ line: rig.reported['line'] }, example('line')[0]);
});

test('its tables have every member that a message can have, and every counter', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../assembly/quantity.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^ {2}'(\w+)',$/gm)].map((match) => match[1]!);
  assert.equal(names.length, 35);
  const table = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .join('\n');
  const words = new Set(table.match(/\w+/g));
  const [{ line }] = example('line') as [{ line: Json }];
  const counters = Object.entries(line).flatMap(([name, value]) =>
    typeof value === 'number' && name !== 'since' ? [name] : [],
  );
  assert.deepEqual(
    [...names, ...counters].filter((name) => !words.has(name)),
    [],
  );
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('nmea-0183'), `${ready.bytes} bytes`);
});

test.run();
