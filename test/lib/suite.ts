import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { suite as uvuSuite } from 'uvu';
import { missingTools, type Tool } from './tools.ts';

export interface TestOptions {
  /** Longest time the test may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Programs from Debian packages the test needs; without them it is skipped and says how to install them. */
  readonly needs?: readonly Tool[];
}

type Body = () => unknown | Promise<unknown>;

export interface Suite {
  (name: string, body: Body, options?: TestOptions): void;
  before(hook: Body): void;
  after(hook: Body): void;
  /** Must be called once, behind the last test of the file. */
  run(): void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** How long a process may go on after its last test. */
const LEFTOVER_MS = 10_000;
const counts = { registered: 0, passed: 0, failed: 0, skipped: 0 };
const unsettled = new Set<string>();
const missing = new Set<string>();

/**
 * A uvu suite that cannot succeed by accident: uvu exits 0 when `before` throws, when `.run()` is forgotten and when
 * an `after` hook throws, and it has no deadline. This one counts what was registered and what settled, and decides
 * the exit code itself when the process ends.
 */
export function suite(name: string, options: TestOptions = {}): Suite {
  const inner = uvuSuite(name);
  const test = (title: string, body: Body, own: TestOptions = {}): void => {
    const label = `${name}: ${title}`;
    const lacking = missingTools([...(options.needs ?? []), ...(own.needs ?? [])]);
    counts.registered++;
    if (lacking.length > 0) {
      for (const tool of lacking) missing.add(tool.aptPackage);
      if (process.env['GATEHOUSE_REQUIRE_TOOLS'] === '1') {
        counts.failed++;
        console.error(`FAIL ${label}: needs ${lacking.map((tool) => tool.aptPackage).join(' ')}`);
      } else {
        counts.skipped++;
        inner.skip(title);
      }
      return;
    }
    unsettled.add(label);
    inner(title, async () => {
      try {
        await withDeadline(body, own.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
        counts.passed++;
      } catch (error) {
        counts.failed++;
        throw printable(error);
      } finally {
        unsettled.delete(label);
        if (unsettled.size === 0) watchForLeftovers(() => unsettled.size === 0);
      }
    });
  };
  const hook = (kind: string, body: Body) => async () => {
    try {
      await withDeadline(body, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    } catch (error) {
      counts.failed++;
      console.error(`FAIL ${name}: ${kind}:`, error);
      // uvu runs nothing any more.
      watchForLeftovers(() => true);
      throw error;
    }
  };
  return Object.assign(test, {
    before: (body: Body) => inner.before(hook('before', body)),
    after: (body: Body) => inner.after(hook('after', body)),
    run: () => inner.run(),
  });
}

/** What a line starts with that the run shows of a test that passes, too; `run.ts` looks for it. */
const REPORT_PREFIX = '# ';

/** Prints counts, seeds or a table that the run shall show of a test that passes, too. */
export function report(text: string): void {
  // The runner writes dots for passed tests without ending their line.
  console.log(`\n${text.replace(/^/gm, REPORT_PREFIX)}`);
}

/** uvu takes `details` of an error for a text, and ends the whole file without a word when they are something else. */
function printable(error: unknown): unknown {
  if (!(error instanceof Error) || !('details' in error) || typeof error.details === 'string') return error;
  const plain = new Error(`${error.message} ${JSON.stringify(error.details)}`, { cause: error });
  if (error.stack !== undefined) plain.stack = error.stack;
  return plain;
}

/** Ends a process that something keeps alive when it is over: an open handle is a failure, not a reason to hang. */
function watchForLeftovers(isOver: () => boolean): void {
  const timer = setTimeout(() => {
    if (!isOver()) return;
    console.error(`FAIL something keeps the process alive: ${process.getActiveResourcesInfo().join(', ')}`);
    counts.failed++;
    process.exit(1);
  }, LEFTOVER_MS);
  timer.unref();
}

async function withDeadline(body: Body, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not settle within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([body(), expired]);
  } finally {
    clearTimeout(timer);
  }
}

process.on('exit', (code) => {
  for (const label of unsettled) console.error(`FAIL ${label}: registered but never settled`);
  counts.failed += unsettled.size;
  if (counts.registered === 0) console.error('FAIL no test was registered');
  const failed = counts.failed > 0 || counts.registered === 0;
  if (failed && code === 0) process.exitCode = 1;
  const report = process.env['GATEHOUSE_TEST_REPORT'];
  if (report !== undefined) writeFileSync(report, JSON.stringify({ ...counts, missing: [...missing] }));
  else console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
});

export { assert };
