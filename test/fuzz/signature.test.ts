import { GatehouseError } from '../../host/src/errors.ts';
import {
  decodeSignedTrustList,
  signModule,
  signTrustList,
  trustListDigest,
  verifyModule,
  verifyTrustList,
} from '../../host/src/signature/index.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { keyOfSeed, RFC_SEEDS } from '../lib/signing-key.ts';
import { assert, suite } from '../lib/suite.ts';
import { customSection, description, moduleOf } from '../unit/host/signature/module-parts.ts';
import { mutate, randomOf } from './wasm-mutations.ts';

const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const test = suite('fuzzed signatures', { timeoutMs: FUZZ_DEADLINE_MS });

const [first, second] = RFC_SEEDS.map(keyOfSeed);
const keys = [first!.publicKey, second!.publicKey];
const modules = [
  moduleOf(description()),
  moduleOf([1, 4, 1, 0x60, 0, 0], customSection('name', [0, 1]), description()),
];
const corpus = modules.flatMap((module) =>
  (['document', 'wasmsign2'] as const).flatMap((layout) => {
    const once = signModule(module, first!.privateKey, { layout });
    return [once, signModule(once, second!.privateKey)];
  }),
);
const signedBytes = new Set(modules.map((module) => Buffer.from(module.subarray(8)).toString('hex')));
const CODES = /^(SIGNATURE_(MISSING|MALFORMED|PARTIAL|INVALID|UNTRUSTED)|WASM_(MALFORMED|UNSUPPORTED|LIMIT))$/;

/** What happened to one module. What verifies must end in the very bytes that were signed. */
function outcomeOf(module: Uint8Array): string {
  try {
    const signers = verifyModule(module, keys);
    assert.ok(signers.length > 0);
    const text = Buffer.from(module).toString('hex');
    assert.ok(
      [...signedBytes].some((signed) => text.endsWith(signed)),
      'accepted what nobody signed',
    );
    return 'verified';
  } catch (error) {
    assert.ok(error instanceof GatehouseError && CODES.test(error.code), String(error));
    return error.code;
  }
}

test(`end in a coded refusal, or in the bytes that were signed (seed ${SEED})`, () => {
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
  for (const outcome of ['SIGNATURE_MALFORMED', 'SIGNATURE_INVALID', 'WASM_MALFORMED'])
    assert.ok(counts.has(outcome), outcome);
});

test(`lists of trusted keys end in problems, in a refusal, or mean what was signed (seed ${SEED})`, () => {
  const random = randomOf(SEED);
  const list = { version: 3, keys: [{ ...second!.publicKey, modules: ['acme.*', 'pump'], comment: 'Acme' }] };
  const text = signTrustList(list, first!.privateKey);
  const digest = trustListDigest(list);
  const source = [Buffer.from(text), Buffer.from(JSON.stringify(JSON.parse(text)))];
  const deadline = performance.now() + FUZZ_MS;
  for (let round = 0; performance.now() < deadline; round++) {
    const mutated = Buffer.from(mutate(source[random(source.length)]!, source, random)).toString('utf8');
    const { value, problems } = decodeSignedTrustList(mutated, 'trust.json');
    if (value === undefined) {
      assert.ok(problems.length > 0, mutated);
      continue;
    }
    try {
      verifyTrustList(value, [first!.publicKey]);
      assert.equal(trustListDigest(value), digest, `seed ${SEED} round ${round}: ${mutated}`);
    } catch (error) {
      assert.ok(error instanceof GatehouseError && error.code === 'TRUST_INVALID', String(error));
    }
  }
});

test.run();
