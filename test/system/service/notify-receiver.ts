import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../../lib/until.ts';

const SCRIPT = fileURLToPath(new URL('../../peers/notify-receiver.py', import.meta.url));

interface Received {
  /** Process id, as the kernel tells it. */
  readonly sender: number;
  readonly lines: readonly string[];
}

/** Python in the place of systemd: what it received on a socket of its kind. */
export class NotifyReceiver {
  readonly socket: string;
  readonly received: Received[] = [];
  readonly #folder: string;
  readonly #child: ChildProcess;
  #isListening = false;

  private constructor(folder: string, socket: string) {
    this.#folder = folder;
    this.socket = socket;
    this.#child = spawn('/usr/bin/python3', [SCRIPT, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const said = JSON.parse(line) as Received | { readonly listening: string };
      if ('listening' in said) this.#isListening = true;
      else this.received.push(said);
    });
  }

  /** @param isAbstract on a name that no file has, as some managers use */
  static async open(isAbstract = false): Promise<NotifyReceiver> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-notify-'));
    const receiver = new NotifyReceiver(folder, `${isAbstract ? '@' : ''}${join(folder, 'notify')}`);
    await until('the receiver to listen', () => receiver.#isListening);
    return receiver;
  }

  /** How often an assignment came. */
  count(assignment: string): number {
    return this.received.filter(({ lines }) => lines.includes(assignment)).length;
  }

  async close(): Promise<void> {
    this.#child.kill();
    await once(this.#child, 'close');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
