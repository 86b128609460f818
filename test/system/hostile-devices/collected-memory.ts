import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collections before memory is looked at: what one finds dead, the engine gives back after another. */
const COLLECTIONS = 5;

/** Bytes in use by objects and buffers of this thread, after a garbage collection. */
export async function collectedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < COLLECTIONS; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
