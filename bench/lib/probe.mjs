// Preloaded into a host that a bench looks at: answers every message of the process that started it with what it holds.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('message', () => {
    // Twice: what the first one finds dead, the engine gives back after another.
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'Immediate').length;
    process.send({ heldBytes: heapUsed + external, timers });
  });
  process.channel.unref();
}
