import { Worker } from 'node:worker_threads';

/** Every thread that is made and spoken to while `body` runs. */
export async function withThreads(body: (threads: readonly Worker[]) => Promise<void>): Promise<void> {
  const threads: Worker[] = [];
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...parameters: Parameters<typeof postMessage>) {
    if (!threads.includes(this)) threads.push(this);
    postMessage.apply(this, parameters);
  };
  try {
    await body(threads);
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
}
