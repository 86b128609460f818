import { readdirSync, readFileSync } from 'node:fs';

/** How much a thread has worked so far, in milliseconds, where the system says so. */
export interface ThreadClock {
  /**
   * `cpu`: the time it had a processor, which stands still while the board is busy with others or the process is suspended.
   * `wall`: time that passed while the host was awake, which says much less.
   */
  readonly kind: 'cpu' | 'wall';
  workedMs(): number;
}

const TASKS = '/proc/self/task';
/** Of `utime` and `stime`; the kernel's interface has the same everywhere that Node runs. */
const TICKS_PER_SECOND = 100;
/** What passes between two looks counts for no more: in a longer gap the process was suspended, or the host was busy. */
const LOOK_MS_MAX = 2_000;

/** Runs `start`, which starts one thread; returns the id of that thread where the system lists threads. */
export function watchThreads<Result>(start: () => Result): { result: Result; thread: number | undefined } {
  const before = new Set(listThreads());
  const result = start();
  const started = listThreads().filter((thread) => !before.has(thread));
  // With more than one, nobody knows which of them it is.
  return { result, thread: started.length === 1 ? started[0] : undefined };
}

/** The clock of a thread of this process; without its id, or where the system does not tell, of the wall. */
export function threadClock(thread: number | undefined): ThreadClock {
  if (thread !== undefined) {
    for (const read of [readSchedulerTime, readTicks])
      if (read(thread) !== undefined) return { kind: 'cpu', workedMs: lasting(() => read(thread)) };
  }
  return wallClock(() => performance.now());
}

/** The time that passed while somebody looked, however long the gaps in between. */
export function wallClock(now: () => number): ThreadClock {
  let passed = 0;
  let last = now();
  return {
    kind: 'wall',
    workedMs: () => {
      const at = now();
      passed += Math.min(at - last, LOOK_MS_MAX);
      last = at;
      return passed;
    },
  };
}

/** The last value of a thread that has ended is its last. */
function lasting(read: () => number | undefined): () => number {
  let last = 0;
  return () => {
    last = read() ?? last;
    return last;
  };
}

/** From `schedstat`, whose first number is nanoseconds on a processor. Not every kernel counts them. */
function readSchedulerTime(thread: number): number | undefined {
  const nanoseconds = Number(readTask(thread, 'schedstat')?.split(' ')[0]);
  return nanoseconds > 0 ? nanoseconds / 1e6 : undefined;
}

/** From `stat`: user and system time, fields 14 and 15, counted behind the name, which may contain anything. */
function readTicks(thread: number): number | undefined {
  const fields = readTask(thread, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ');
  const ticks = Number(fields?.[11]) + Number(fields?.[12]);
  return Number.isNaN(ticks) ? undefined : (ticks * 1_000) / TICKS_PER_SECOND;
}

function readTask(thread: number, file: string): string | undefined {
  try {
    return readFileSync(`${TASKS}/${thread}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function listThreads(): number[] {
  try {
    return readdirSync(TASKS).map(Number);
  } catch {
    return [];
  }
}
