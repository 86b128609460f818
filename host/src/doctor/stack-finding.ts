import { Worker } from 'node:worker_threads';
import { MODULE_LIMITS } from '../limits.ts';
import { type Finding, sizeText } from './finding.ts';

const DEADLINE_MS = 5_000;

/** Whether a thread for modules can be started, and has the stack that modules may be granted. */
export async function stackFinding(): Promise<Finding> {
  const worker = new Worker('', { eval: true, env: {} });
  let timer: NodeJS.Timeout | undefined;
  const stackBytes = (worker.resourceLimits?.stackSizeMb ?? 0) * 1_048_576;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no thread started within ${DEADLINE_MS} ms`)), DEADLINE_MS);
      worker.once('online', resolve).once('error', reject);
    });
  } catch (error) {
    return { name: 'threads', state: 'error', text: (error as Error).message, facts: {} };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
  const { default: usual, max } = MODULE_LIMITS.stackBytes;
  return {
    name: 'threads',
    state: stackBytes > max ? 'ok' : 'warning',
    text: `the thread of the modules has a stack of ${sizeText(stackBytes)}; a module may use ${sizeText(usual)}, and ${sizeText(max)} at most`,
    facts: { stackBytes, moduleStackBytes: usual, moduleStackBytesMax: max },
  };
}
