import { GatehouseError } from '../../../../host/src/errors.ts';
import { inspectModule, prepareModule, type SandboxLimits } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { openCoreSuite, type SuiteCommand } from './core-suite.ts';
import { runScript } from './script-runner.ts';

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
function prepare(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return prepareModule(bytes, WIDE).bytes;
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

test('gives every accepted module a maximum and keeps its imports', () => {
  for (const { place, bytes } of modules.filter(({ command }) => isValid(command))) {
    const prepared = prepare(bytes);
    if (prepared === undefined) continue;
    const before = inspectModule(bytes);
    const after = inspectModule(prepared);
    for (const limits of [...after.tables, ...(after.memory === undefined ? [] : [after.memory])]) {
      assert.ok(limits.maximum !== undefined && limits.maximum <= WIDE.tableEntries, place);
    }
    assert.deepEqual(after.imports.length, before.imports.length, place);
  }
});

/** Assertions that expect the bits of a NaN, or its sign, which canonicalisation changes. */
const NAN_BITS = /: result \d+ is /;

test('every assertion holds on the rewritten modules as on the given ones, but for bits of NaNs', () => {
  const totals = { held: 0, nanBits: 0 };
  for (const script of core.scripts.filter(({ source }) => !NEEDS_REFUSED.includes(source))) {
    const given = runScript(core, script, (bytes) => (prepare(bytes) === undefined ? undefined : bytes));
    const rewritten = runScript(core, script, prepare);
    assert.deepEqual(given.failures, [], script.source);
    const [bits, others] = [true, false].map((isBits) =>
      rewritten.failures.filter((text) => NAN_BITS.test(text) === isBits),
    );
    assert.deepEqual(others, [], script.source);
    totals.held += rewritten.held;
    totals.nanBits += bits?.length ?? 0;
  }
  assert.deepEqual(totals, { held: 51_501, nanBits: 155 });
});

test.run();
