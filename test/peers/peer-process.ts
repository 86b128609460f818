import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_DEADLINE_MS = 20_000;

/** A server that nobody here wrote, in a process of its own. */
export interface PeerProcess {
  readonly port: number;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts a program that prints its port as the first line once it listens. */
export async function startPeer(program: string, args: readonly string[]): Promise<PeerProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const first = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${program} did not start: ${complaints}`)), START_DEADLINE_MS);
    lines.once('line', (line) => {
      clearTimeout(timer);
      resolve(Number(line));
    });
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${program} ended: ${complaints}`));
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await gone;
  };
  try {
    return { port: await first, stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
