import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** It takes seconds to load and 100 MB, so it is kept for the next texts, and not for long. */
const KEPT_MS = 2_000;
const DEADLINE_MS = 120_000;

interface Compiler {
  readonly port: MessagePort;
  /** Counts answers. */
  readonly signal: Int32Array;
  readonly end: NodeJS.Timeout;
}

let compiler: Compiler | undefined;

/** Compiles modules in WebAssembly text form in a thread, and waits for them. */
export function compileTexts(texts: readonly string[]): Uint8Array[] {
  compiler ??= start();
  const { port, signal, end } = compiler;
  end.refresh();
  const before = Atomics.load(signal, 0);
  port.postMessage(texts);
  if (Atomics.wait(signal, 0, before, DEADLINE_MS) === 'timed-out') throw new Error('the compiler of texts is stuck');
  const { modules, problem } = receiveMessageOnPort(port)!.message as { modules?: Uint8Array[]; problem?: string };
  if (modules === undefined) throw new Error(problem);
  return modules;
}

function start(): Compiler {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL('compile-wat.mjs', import.meta.url), {
    // Without the loader of our TypeScript.
    execArgv: [],
    workerData: { port: port2, signal },
    transferList: [port2],
  });
  thread.unref();
  port1.unref();
  const end = setTimeout(() => {
    compiler = undefined;
    port1.close();
    void thread.terminate();
  }, KEPT_MS);
  end.unref();
  return { port: port1, signal, end };
}
