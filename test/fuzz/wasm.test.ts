import { GatehouseError } from '../../host/src/errors.ts';
import { prepareModule } from '../../host/src/sandbox/index.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { openCoreSuite } from '../unit/host/sandbox/core-suite.ts';
import { mutate, randomOf } from './wasm-mutations.ts';

const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const test = suite('fuzzed modules', { timeoutMs: FUZZ_DEADLINE_MS });

const LIMITS = {
  moduleBytes: 2 ** 16,
  memoryBytes: 2 ** 22,
  tableEntries: 10_000,
  fuelPerCall: 1_000_000,
  stackBytes: 65_536,
};
const CODES = ['WASM_MALFORMED', 'WASM_UNSUPPORTED', 'WASM_LIMIT'];

const core = openCoreSuite();
const corpus = core.scripts
  .flatMap(({ commands }) => commands)
  .filter(({ type, module }) => type === 'module' && module !== undefined && module[1] < 4_000)
  .map((command) => core.moduleOf(command));

/** What happened to one module; fails if anything else than a coded refusal or a sound rewrite did. */
function outcomeOf(module: Uint8Array): string {
  const isValid = WebAssembly.validate(module);
  try {
    const { bytes, facts } = prepareModule(module, LIMITS);
    assert.ok(isValid, 'accepted what the engine refuses');
    assert.ok(WebAssembly.validate(bytes), 'rewrote to what the engine refuses');
    for (const sized of [facts.memory, ...facts.tables]) assert.ok((sized?.initial ?? 0) <= LIMITS.tableEntries);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof GatehouseError && CODES.includes(error.code), String(error));
    const { offset } = error.details;
    assert.ok(Number.isInteger(offset) && Number(offset) >= 0 && Number(offset) <= module.byteLength, error.message);
    if (isValid) assert.notEqual(error.code, 'WASM_MALFORMED', `the engine takes it: ${error.message}`);
    return error.code;
  }
}

test(`end in a coded refusal or in a module that validates (seed ${SEED})`, () => {
  const random = randomOf(SEED);
  const counts = new Map<string, number>();
  const deadline = performance.now() + FUZZ_MS;
  for (let round = 0; performance.now() < deadline; round++) {
    const module = mutate(corpus[random(corpus.length)] as Uint8Array, corpus, random);
    try {
      const outcome = outcomeOf(module);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    } catch (error) {
      assert.fail(`seed ${SEED} round ${round}: ${error}\n${Buffer.from(module).toString('hex')}`);
    }
  }
  console.log(`seed ${SEED}:`, Object.fromEntries(counts));
  for (const outcome of ['accepted', 'WASM_MALFORMED', 'WASM_UNSUPPORTED']) assert.ok(counts.has(outcome), outcome);
});

test.run();
