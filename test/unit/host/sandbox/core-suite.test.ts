import { GatehouseError } from '../../../../host/src/errors.ts';
import {
  type ExternalType,
  inspectModule,
  type PreparedModule,
  prepareModule,
  type SandboxLimits,
} from '../../../../host/src/sandbox/index.ts';
import { assert, report, suite } from '../../../lib/suite.ts';
import { openCoreSuite, type SuiteCommand } from './core-suite.ts';
import { EXHAUSTED, runScript } from './script-runner.ts';

const test = suite('wasm test suite', { timeoutMs: 120_000 });
const core = openCoreSuite();

/** Above everything that a module of the suite asks for. */
const WIDE: SandboxLimits = {
  moduleBytes: 1 << 20,
  memoryBytes: 2 ** 32,
  tableEntries: 10_000_000,
  fuelPerCall: 2 ** 31 - 1,
  stackBytes: 262_144,
  functionBytes: 1 << 20,
};
/** Features that scripts of the suite use and the host does not accept. */
const REFUSED = ['extended-const', 'memory64', 'multi-memory', 'tail-calls'];
/** Scripts whose modules import from, or are written to by, one that is refused. */
const NEEDS_REFUSED = ['imports0.wast', 'linking0.wast'];
const VALID = ['module', 'assert_unlinkable', 'assert_uninstantiable'];

const modules = core.scripts.flatMap(({ source, commands }) =>
  commands
    .filter((command) => command.module !== undefined)
    .map((command) => ({ place: `${source}:${command.line}`, command, bytes: core.moduleOf(command) })),
);
const isValid = (command: SuiteCommand): boolean => VALID.includes(command.type);

/** The coded error that an action throws; fails if it throws another or none. */
function refusal(place: string, action: () => unknown): GatehouseError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof GatehouseError && error.code.startsWith('WASM_'), `${place}: ${error}`);
    return error;
  }
  assert.fail(`${place}: accepted`);
}

/** The prepared module, or undefined if it uses a feature that is refused on purpose. */
function prepare(bytes: Uint8Array): PreparedModule | undefined {
  try {
    return prepareModule(bytes, WIDE);
  } catch (error) {
    const isKnown = error instanceof GatehouseError && REFUSED.includes(String(error.details['feature']));
    if (isKnown) return undefined;
    throw error;
  }
}

test('accepts every valid module or refuses it for a listed feature', () => {
  const counts = { accepted: 0, refused: 0 };
  for (const { bytes } of modules.filter(({ command }) => isValid(command))) {
    counts[prepare(bytes) === undefined ? 'refused' : 'accepted']++;
  }
  assert.deepEqual(counts, { accepted: 1358, refused: 119 });
});

test('refuses every invalid and malformed module with a code and a place', () => {
  let refused = 0;
  for (const { place, bytes } of modules.filter(({ command }) => !isValid(command))) {
    const error = refusal(place, () => prepareModule(bytes, WIDE));
    assert.equal(typeof error.details['offset'], 'number', place);
    refused++;
  }
  assert.equal(refused, 2466);
});

test('finds what is malformed by decoding alone', () => {
  for (const { place, command, bytes } of modules) {
    if (command.type === 'assert_malformed') refusal(place, () => inspectModule(bytes));
  }
});

/** Without maximums, which are capped. */
function typeOf(fact: ExternalType): unknown {
  if (fact.kind !== 'memory' && fact.kind !== 'table') return [fact.kind, fact.type];
  const { maximum: _, ...type } = fact.type;
  return [fact.kind, type];
}

test('keeps imports and exports of every accepted module, adds exports of the meter, and caps maximums', () => {
  for (const { place, bytes } of modules.filter(({ command }) => isValid(command))) {
    const prepared = prepare(bytes);
    if (prepared === undefined) continue;
    const before = inspectModule(bytes);
    const after = inspectModule(prepared.bytes);
    const importsOf = ({ imports }: typeof before): unknown =>
      imports.map((fact) => [fact.module, fact.name, typeOf(fact)]);
    const given = before.exports.map((fact) => [fact.name, typeOf(fact)]);
    const kept = after.exports.slice(0, given.length).map((fact) => [fact.name, typeOf(fact)]);
    const added = after.exports.slice(given.length).map(({ name }) => name);
    assert.deepEqual(importsOf(after), importsOf(before), place);
    assert.deepEqual(kept, given, place);
    assert.deepEqual(added, Object.values(prepared.meter), place);
    for (const limits of [...after.tables, ...(after.memory === undefined ? [] : [after.memory])]) {
      assert.ok(limits.maximum !== undefined && limits.maximum <= WIDE.tableEntries, place);
    }
  }
});

test('every assertion holds on the rewritten modules as on the given ones, with the same traps; NaNs are compared as classes', () => {
  const totals = { held: 0, traps: 0, exhausted: 0, number: 0, bits: 0, sign: 0 };
  const rows: string[] = [];
  for (const script of core.scripts.filter(({ source }) => !NEEDS_REFUSED.includes(source))) {
    const given = runScript(core, script, (bytes) => (prepare(bytes) === undefined ? undefined : { bytes }));
    const rewritten = runScript(core, script, prepare);
    assert.deepEqual([...given.failures, ...rewritten.failures], [], script.source);
    assert.deepEqual(rewritten.traps, given.traps, script.source);
    const { held, skipped, traps, nans } = rewritten;
    const exhausted = traps.filter((words) => words === EXHAUSTED).length;
    totals.held += held;
    totals.traps += traps.length - exhausted;
    totals.exhausted += exhausted;
    for (const { difference } of nans) totals[difference]++;
    const invalid = script.commands.filter((command) => command.module !== undefined && !isValid(command)).length;
    rows.push(
      [held, traps.length, nans.length, invalid, skipped - invalid].map((count) => String(count).padStart(8)).join('') +
        `  ${script.source}`,
    );
    for (const { place, difference, words } of nans) rows.push(`${' '.repeat(42)}NaN ${difference}, ${place} ${words}`);
  }
  report(`    held   traps    NaNs invalid refused  file\n${rows.join('\n')}\n${JSON.stringify(totals)}`);
  assert.deepEqual(totals, { held: 51_656, traps: 1_787, exhausted: 15, number: 115, bits: 8, sign: 32 });
});

test.run();
