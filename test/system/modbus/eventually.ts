import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds, looking every 5 ms; fails with the text after the deadline. */
export async function eventually(condition: () => boolean, what: string, deadlineMs = 5_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`did not happen within ${deadlineMs} ms: ${what}`);
    await delay(5);
  }
}
