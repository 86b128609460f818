// Runs test files, each in a process of its own so that a crash costs one file, two at a time, and adds up what their
// suites counted. Usage: run.ts [path part ...]; with parts, only files whose path contains one of them.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longest time of one file; fuzz tests may have been given more. */
const FILE_DEADLINE_MS = Math.max(600_000, 20 * Number(process.env['GATEHOUSE_FUZZ_MS'] ?? 0));
const ROOTS = ['test', 'sdk/test', 'modules-as'];

interface Counts {
  registered: number;
  passed: number;
  failed: number;
  skipped: number;
  missing: string[];
}

const wanted = process.argv.slice(2);
const files = findFiles().filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
const reports = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
const total: Counts = { registered: 0, passed: 0, failed: 0, skipped: 0, missing: [] };
const queue = files.entries();
const failures: string[] = [];

try {
  const workers = Array.from({ length: Math.min(2, availableParallelism()) }, (_, index) => work(index));
  await Promise.all(workers);
} finally {
  rmSync(reports, { recursive: true, force: true });
}
if (files.length === 0) {
  console.error('no test file matches');
  total.failed++;
}
if (total.missing.length > 0) {
  console.log(`\nSkipped tests need Debian packages: apt-get install ${[...new Set(total.missing)].sort().join(' ')}`);
}
for (const file of failures) console.log(`FAIL ${file}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Every test file below the folders that hold tests, as paths relative to the repository. */
function findFiles(): string[] {
  return ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((path) => join(root, path))
      .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules'))
      .sort(),
  );
}

async function work(worker: number): Promise<void> {
  // A run of everything soon comes to tests that need them.
  if (worker === 0 && wanted.length === 0) await runNode(['test/lib/compile-fixtures.ts', ...ROOTS]);
  for (const [index, file] of queue) {
    const report = join(reports, `${index}.json`);
    const started = performance.now();
    const { output, code } = await runNode([file], { GATEHOUSE_TEST_REPORT: report });
    const counts = readCounts(report);
    total.passed += counts.passed;
    total.skipped += counts.skipped;
    total.missing.push(...counts.missing);
    // A process that dies after its suites counted success (a crash at exit, a stray rejection) has failed all the same.
    const failed = Math.max(counts.failed, code === 0 ? 0 : 1);
    total.failed += failed;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${failed > 0 ? 'FAIL' : 'ok  '} ${file} (${counts.passed} passed, ${seconds} s)`);
    // What a test reports is shown also when it passes.
    for (const line of failed > 0 ? [] : output.split('\n')) if (line.startsWith('# ')) console.log(line);
    if (failed > 0) {
      failures.push(file);
      console.log(output);
    }
  }
}

function runNode(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ output: string; code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', ...args], {
      env: { ...process.env, ...env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), FILE_DEADLINE_MS);
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ output, code });
    });
  });
}

function readCounts(report: string): Counts {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Counts;
  } catch {
    return { registered: 0, passed: 0, failed: 1, skipped: 0, missing: [] };
  }
}
