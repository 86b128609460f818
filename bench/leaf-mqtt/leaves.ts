import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./leaves-main.mjs', import.meta.url));

export interface LeavesOptions {
  readonly port: number;
  readonly leaves: number;
  /** Messages of one leaf that are not acknowledged. */
  readonly window: number;
  readonly payloadBytes: number;
  readonly seconds: number;
  readonly prefix: string;
  readonly username?: string;
  readonly password?: string;
}

/** Leaf devices in a process of their own, all connected and logged in. */
export class Leaves {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async open(options: LeavesOptions): Promise<Leaves> {
    const leaves = new Leaves(fork(MAIN, [JSON.stringify(options)], { execArgv: [] }));
    await leaves.#next('ready');
    return leaves;
  }

  /** Lets them publish; `begin` and `end` are called around what is measured. Returns acknowledgements a second. */
  async measure(begin: () => Promise<void>, end: () => Promise<void>): Promise<number> {
    this.#process.send('go');
    await this.#next('measuring');
    await begin();
    const { perSecond } = await this.#next('measured');
    await end();
    return perSecond as number;
  }

  async close(): Promise<void> {
    const exit = once(this.#process, 'exit');
    this.#process.send('end');
    await exit;
  }

  async #next(kind: string): Promise<Record<string, unknown>> {
    const ended = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`the leaves ended with ${code}`);
    });
    ended.catch(() => {});
    for (;;) {
      const [message] = (await Promise.race([once(this.#process, 'message'), ended])) as [Record<string, unknown>];
      if (message['kind'] === kind) return message;
    }
  }
}
