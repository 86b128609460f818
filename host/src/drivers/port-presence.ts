import { stat } from 'node:fs';

const INTERVAL_MS = 1_000;

/**
 * Watches whether a port that is open is still there, by its path. When an adapter is pulled out, reading gives an error in
 * some kernels and nothing for ever in others; then only the path tells, which is gone or leads to another device.
 *
 * @returns ends the watch
 */
export function watchPort(path: string, gone: () => void, intervalMs = INTERVAL_MS): () => void {
  let first: string | undefined;
  let isOver = false;
  const look = (): void => {
    stat(path, (error, stats) => {
      if (isOver) return;
      const found = error === null ? `${stats.dev} ${stats.ino} ${stats.rdev}` : '';
      first ??= found;
      if (found !== '' && found === first) return;
      end();
      gone();
    });
  };
  const timer = setInterval(look, intervalMs);
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
  };
  timer.unref();
  look();
  return end;
}
