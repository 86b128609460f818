import { spawn } from 'node:child_process';

/** How a run ended: all it printed, and its exit code. */
export interface DemoRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DemoStart {
  readonly ended: Promise<DemoRun>;
  signal(name: NodeJS.Signals): void;
  /** Waits until its standard output or error has the text, or matches. */
  says(text: string | RegExp): Promise<void>;
}

const PATIENCE_MS = 40_000;

/** Environment of a machine on which no program, `socat` above all, is installed. */
export const WITHOUT_PROGRAMS: NodeJS.ProcessEnv = { PATH: '' };

/** Runs a program of this repository with arguments and further environment. */
export function startDemo(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): DemoStart {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))),
    signal: (name) => child.kill(name),
    says: async (text) => {
      const isSaid = (said: string): boolean => (typeof text === 'string' ? said.includes(text) : text.test(said));
      for (const deadline = Date.now() + PATIENCE_MS; !isSaid(`${stdout}${stderr}`); ) {
        if (Date.now() > deadline) throw new Error(`never said "${text}":\n${stdout}${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
