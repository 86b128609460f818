import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type NodeBuildName, openNode } from '../../../lib/node-versions.ts';
import { assert, report, suite } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import type { CaseRecord, DeterminismCase, EngineRecord } from './determinism/determinism-case.ts';
import { determinismCases, NAN_CASE } from './determinism/determinism-cases.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('determinism/determinism-program.ts', import.meta.url));
const OUTPUT_BYTES_MAX = 2 ** 26;

/** Emulated ones first: they take longest. */
const BUILDS: readonly NodeBuildName[] = ['arm64Node22', 'armv7Node20', 'x64Node20', 'x64Node22', 'x64Node24'];
/** Only the first, only the optimising compiler of V8. */
const COMPILERS = ['--liftoff-only', '--no-liftoff'];
/** Emulated, a case takes some fifty times as long: each has every case on one of its compilers. */
const isEmulated = (name: NodeBuildName): boolean => !name.startsWith('x64');
/** Keeps what many instances take small. */
const COLLECT = '--expose-gc';
/** Memory without a cage of 10 GB, as on boards. On 32 bits there is none anyway, and the flag is not known. */
const flagsOf = (name: NodeBuildName): string[] =>
  name === 'armv7Node20' ? [COLLECT] : [COLLECT, '--disable-wasm-trap-handler'];

const test = suite('the same work everywhere', {
  timeoutMs: 600_000,
  needs: [TOOLS.qemuArm64, TOOLS.qemuArmv7, TOOLS.clang],
});
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-determinism-'));
const records = new Map<string, EngineRecord>();

test.before(async () => {
  const program = join(folder, 'program.mjs');
  await build({
    entryPoints: [PROGRAM],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  const all = await determinismCases();
  const save = (file: string, cases: readonly DeterminismCase[]): string => {
    writeFileSync(join(folder, file), JSON.stringify(cases));
    return join(folder, file);
  };
  const whole = save('all.json', all);
  const shares = COMPILERS.map((_, share) =>
    save(
      `${share}.json`,
      all.filter((_case, index) => index % COMPILERS.length === share),
    ),
  );
  const engines = BUILDS.flatMap((name) =>
    COMPILERS.map((compiler, share) => ({ name, compiler, cases: isEmulated(name) ? shares[share]! : whole })),
  );
  const queue = engines.values();
  const work = async (): Promise<void> => {
    for (const { name, compiler, cases } of queue) {
      const { label, command } = await openNode(name);
      const [file, ...args] = [...command, compiler, ...flagsOf(name), program, cases];
      const { stdout } = await run(file as string, args, { maxBuffer: OUTPUT_BYTES_MAX });
      records.set(`${label} ${compiler}`, JSON.parse(stdout) as EngineRecord);
    }
  };
  await Promise.all([work(), work()]);
});

/** For each case, what each engine that had it has of it. */
function byCase(show: (record: CaseRecord) => unknown): Map<string, Map<string, unknown>> {
  const seen = new Map<string, Map<string, unknown>>();
  for (const [engine, record] of records)
    for (const [name, one] of Object.entries(record))
      seen.set(name, (seen.get(name) ?? new Map<string, unknown>()).set(engine, show(one)));
  return seen;
}

function expectEqual(show: (record: CaseRecord) => unknown): void {
  assert.equal(records.size, BUILDS.length * COMPILERS.length);
  const full = BUILDS.filter((name) => !isEmulated(name)).length * COMPILERS.length;
  for (const [name, seen] of byCase(show)) {
    assert.equal(seen.size, full + BUILDS.filter(isEmulated).length, name);
    const [[first, expected] = []] = seen;
    for (const [engine, value] of seen) assert.deepEqual(value, expected, `${name}: ${engine} and ${first}`);
  }
}

test('rewriting makes the same bytes', () => expectEqual(({ rewritten }) => rewritten));

test('calls use the same fuel, and end the same with a wide and a narrow budget', () => {
  expectEqual(({ fuel, outcomes }) => ({ fuel, outcomes }));
  const cases = [...byCase(({ outcomes }) => outcomes).values()].map((seen) => [...seen.values()][0] as string[]);
  const outcomes = cases.flat();
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  for (const wanted of ['returned', 'trapped', 'out-of-fuel', 'out-of-stack']) assert.ok(count(wanted) > 0, wanted);
  report(`${cases.length} modules, ${outcomes.length} calls on ${[...records.keys()].join(', ')}`);
});

test('results, memory, globals, tables and calls of imports are the same, bits of NaNs included', () => {
  expectEqual(({ seen }) => seen);
});

test('a module that branches on NaNs does not do the same everywhere as it was given', () => {
  const plain = byCase((record) => record.plain).get(NAN_CASE);
  assert.ok(new Set(plain?.values()).size > 1);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
