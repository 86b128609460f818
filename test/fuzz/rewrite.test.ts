import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, report, suite } from '../lib/suite.ts';
import { type Examination, examineModule } from './rewrite/examine-module.ts';
import { randomModule } from './rewrite/random-module.ts';
import { FuzzTranslator } from './rewrite/translate-to-fuzz.ts';
import { randomOf } from './wasm-mutations.ts';

const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
/** Fewest modules of each generator, however little time there is. */
const MODULES_MIN = Number(process.env['GATEHOUSE_FUZZ_MODULES'] ?? 100);
/** Longest bytes that are made into a module, which is about half as long. */
const BYTES_MAX = 20_000;
const VECTORS = new URL('../vectors/rewrite/', import.meta.url);
const FAILED = new URL('../../.cache/fuzz/', import.meta.url);

const test = suite('rewritten random modules', { timeoutMs: FUZZ_DEADLINE_MS + 300_000 });
const translator = new FuzzTranslator();

/** Examines module after module until there were enough and the time is over; says what became of them. */
async function examineMany(name: string, generate: (seed: number) => Promise<Uint8Array> | Uint8Array): Promise<void> {
  const counts: Record<string, number> = { modules: 0, cut: 0, calls: 0, trapped: 0, fuel: 0 };
  const count = (key: string, by = 1): void => {
    counts[key] = (counts[key] ?? 0) + by;
  };
  const deadline = performance.now() + FUZZ_MS;
  for (let round = 0; round < MODULES_MIN || performance.now() < deadline; round++) {
    const seed = (SEED + round) % 2 ** 31;
    const module = await generate(seed);
    const { refused, isCut, steps } = examine(name, module, seed);
    count(refused === undefined ? 'modules' : `refused for ${refused}`);
    if (isCut) count('cut');
    count('calls', steps.length);
    count('trapped', steps.filter(({ outcome }) => outcome === 'trapped').length);
    count(
      'fuel',
      steps.reduce((sum, { fuel }) => sum + fuel, 0),
    );
    // A long run would otherwise never let the timer of its deadline come.
    if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  report(`${name}, seed ${SEED}: ${JSON.stringify(counts)}`);
  const { modules = 0, cut = 0 } = counts;
  assert.ok(modules >= 0.9 * MODULES_MIN, 'most modules are accepted');
  assert.ok(cut <= modules / 10, `${cut} of ${modules} modules could not be compared to their end`);
}

/** Keeps a module that fails where it can be picked up as a vector. */
function examine(name: string, module: Uint8Array, seed: number): Examination {
  try {
    return examineModule(module, seed);
  } catch (error) {
    const file = new URL(`${name}-${seed}.wasm`, FAILED);
    mkdirSync(FAILED, { recursive: true });
    writeFileSync(file, module);
    const help = `keep ${file.pathname} in test/vectors/rewrite when it is repaired; again: GATEHOUSE_FUZZ_SEED=${seed}`;
    assert.fail(`${name}, seed ${seed}: ${error instanceof Error ? error.stack : error}\n${help}`);
  }
}

test('do what they did as given, with the same traps, memory, globals, tables and calls of imports (translate-to-fuzz)', async () => {
  await examineMany('translated', (seed) => {
    const random = randomOf(seed);
    const bytes = Uint8Array.from({ length: 500 + random(BYTES_MAX) }, () => random(256));
    return translator.translate(bytes);
  });
});

test('do what they did as given, with the same traps, memory, globals, tables and calls of imports (nested control flow)', async () => {
  await examineMany('nested', randomModule);
});

test('do what they did as given where they once did not', () => {
  const kept = readdirSync(VECTORS).filter((name) => name.endsWith('.wasm'));
  for (const name of kept) for (const seed of [1, 2, 3]) examineModule(readFileSync(new URL(name, VECTORS)), seed);
  assert.ok(kept.length > 0);
});

test.after(() => translator.close());
test.run();
