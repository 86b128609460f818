import { type Restarted, STOP_MESSAGE } from './restart.ts';

/** Exit code of a process that a second SIGINT ended. */
const INTERRUPTED = 130;

/**
 * Resolves, with what asked, when the process is to end: by a signal, or in the place of another process by its word or its
 * end. A second SIGINT ends the process at once.
 */
export function stopRequested(restarted: Restarted): Promise<string> {
  return new Promise((resolve) => {
    let isSignalled = false;
    process.on('SIGINT', () => {
      if (isSignalled) process.exit(INTERRUPTED);
      isSignalled = true;
      resolve('SIGINT');
    });
    process.on('SIGTERM', () => {
      isSignalled = true;
      resolve('SIGTERM');
    });
    if (restarted !== 'child') return;
    process.on('message', (message) => {
      if (message === STOP_MESSAGE) resolve('asked to end');
    });
    process.on('disconnect', () => resolve('the process that waits for this one is gone'));
    process.channel?.unref();
  });
}
