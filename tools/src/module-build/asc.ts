import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { REPOSITORY } from './assembly-source.ts';

export interface AscResult {
  /** What the compiler printed: mistakes with file, line and column, and warnings. */
  readonly output: string;
  /** Why it failed; undefined when it did not. */
  readonly problem: string | undefined;
}

let thread: Worker | undefined;
/** Settled when the compilation before has ended. */
let before: Promise<unknown> = Promise.resolve();

/**
 * Runs asc at the root of the repository, without colours. All runs of a process share one thread and take turns, because
 * starting the compiler and warming it up takes longer than most of its work. `sources` are files that do not exist, by their path
 * below the repository.
 */
export function runAsc(args: readonly string[], sources: Readonly<Record<string, string>> = {}): Promise<AscResult> {
  const result = before.then(() => run([...args, '--baseDir', REPOSITORY, '--noColors'], sources));
  before = result.catch(() => undefined);
  return result;
}

async function run(args: readonly string[], sources: Readonly<Record<string, string>>): Promise<AscResult> {
  thread ??= new Worker(new URL('asc-thread.mjs', import.meta.url), { execArgv: [] });
  thread.ref();
  try {
    thread.postMessage({ args, sources });
    const [result] = await once(thread, 'message');
    return result as AscResult;
  } catch (error) {
    thread = undefined;
    throw error;
  } finally {
    thread?.unref();
  }
}
