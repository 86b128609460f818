import { inspectModule, prepareModule, type SandboxLimits } from '../../../../host/src/sandbox/index.ts';
import { randomModule } from '../../../fuzz/rewrite/random-module.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { body, customSectionOf, functionType, leb, moduleOf, nameOf, PREAMBLE, section, vec } from './build-wasm.ts';

const test = suite('names of what rewriting adds', { timeoutMs: 30_000 });

const LIMITS: SandboxLimits = {
  moduleBytes: 2 ** 22,
  memoryBytes: 2 ** 20,
  tableEntries: 10_000,
  fuelPerCall: 10_000_000,
  stackBytes: 262_144,
};
const RANDOM_MODULES = 200;

/** A module with a start function that exports its only function under these names. */
const exporting = (names: readonly string[]): Uint8Array =>
  moduleOf(
    section(1, vec(functionType([], []))),
    section(3, vec([0])),
    section(7, vec(...names.map((name) => [...nameOf(name), 0, 0]))),
    section(8, leb(0)),
    section(10, vec(body())),
  );

test('are others than those that the module exports, also when it knows them', () => {
  let taken: string[] = [];
  for (let round = 0; round < 10; round++) {
    const { bytes, meter } = prepareModule(exporting(taken), LIMITS);
    const names = inspectModule(bytes).exports.map(({ name }) => name);
    assert.deepEqual(names, [...taken, ...Object.values(meter)]);
    assert.equal(new Set(names).size, names.length);
    taken = names;
  }
});

test('are found among thousands of names that are taken', () => {
  const first = Object.values(prepareModule(exporting([]), LIMITS).meter) as string[];
  const second = Object.values(prepareModule(exporting(first), LIMITS).meter) as string[];
  const [name, next] = [first[0] as string, second[0] as string];
  assert.ok(next.startsWith(name), 'a taken name is made longer');
  const more = next.slice(name.length);
  const taken = Array.from({ length: 2_500 }, (_, index) => name + more.repeat(index));
  const { meter } = prepareModule(exporting(taken), LIMITS);
  assert.ok(!taken.includes(meter.takeFuel));
});

test('are the only exports that random modules have besides their own; imports, types and order stay', () => {
  for (let seed = 1; seed <= RANDOM_MODULES; seed++) {
    const given = randomModule(seed);
    const { bytes, meter } = prepareModule(given, LIMITS);
    const [before, after] = [inspectModule(given), inspectModule(bytes)];
    const typed = ({ exports }: typeof before): unknown[] =>
      exports.map((fact) => [
        fact.name,
        fact.kind,
        fact.kind === 'function' || fact.kind === 'global' ? fact.type : '',
      ]);
    assert.deepEqual(typed(after).slice(0, before.exports.length), typed(before), `seed ${seed}`);
    assert.deepEqual(
      after.exports.slice(before.exports.length).map(({ name }) => name),
      Object.values(meter),
    );
    assert.deepEqual(
      after.imports.map((fact) => [fact.module, fact.name, fact.type]),
      before.imports.map((fact) => [fact.module, fact.name, fact.type]),
    );
  }
});

test('do not come from the name section, and neither does anything else', () => {
  const module = exporting(['f']);
  const content = [0, ...leb(nameOf('gatehouse:take-fuel').length), ...nameOf('gatehouse:take-fuel'), 1, 3, 1, 0, 0];
  const sections = [...customSectionOf('name', content), ...customSectionOf('name', [0xff])];
  const named = Uint8Array.from([...module, ...sections]);
  const first = Uint8Array.from([...PREAMBLE, ...sections, ...module.subarray(PREAMBLE.length)]);
  const { bytes } = prepareModule(module, LIMITS);
  assert.deepEqual(prepareModule(named, LIMITS).bytes, bytes);
  assert.deepEqual(prepareModule(first, LIMITS).bytes, bytes);
});

test.run();
