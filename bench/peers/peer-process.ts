import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Rates } from '../lib/bench.ts';
import { end } from '../lib/pump-host.ts';

/** Starting takes a peer some seconds at most. */
const ANSWER_DEADLINE_MS = 120_000;

/** What is compared with, in a process of its own, so that nobody pays for the heap of another. */
export class PeerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts one of the programs beside this file; `question` says what it has to do in each run. */
  static async open(program: string, question: Readonly<Record<string, unknown>>): Promise<PeerProcess> {
    const file = fileURLToPath(new URL(program, import.meta.url));
    const child = fork(file, [], { execArgv: ['--disable-warning=ExperimentalWarning'], serialization: 'advanced' });
    const peer = new PeerProcess(child);
    await peer.#ask(question);
    return peer;
  }

  /** Works for some time; says how often it did what is compared. */
  run(ms: number): Promise<Rates> {
    return this.#ask({ ms });
  }

  close(): Promise<void> {
    return end(this.#child);
  }

  async #ask(question: Readonly<Record<string, unknown>>): Promise<Rates> {
    const answer = once(this.#child, 'message', { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error('the process of a peer ended');
    });
    this.#child.send(question);
    const [rates] = (await Promise.race([answer, ended])) as [Rates];
    return rates;
  }
}
