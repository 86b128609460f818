import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { needsTrapHandlerOff, readStartFacts, TRAP_HANDLER_OFF } from '../board/trap-handler.ts';

/** In the environment of a process that was begun anew: how. */
const MARK = 'GATEHOUSE_RESTARTED';
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What a process says to the one that it began in its place. */
export const STOP_MESSAGE = 'stop';

/** `replaced`: this process was another one before; `child`: that one waits for the end of this one. */
export type Restarted = 'no' | 'replaced' | 'child';

type Execve = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never;

/** How this process came to be; tells no child of it. */
export function takeRestarted(): Restarted {
  const mark = process.env[MARK];
  delete process.env[MARK];
  return mark === 'replaced' || mark === 'child' ? mark : 'no';
}

/**
 * Begins the process anew without the handler of traps if many modules would not start with it. Where Node can, the process
 * is replaced and this does not return; otherwise a child does the work, and the result is its exit code. Undefined when
 * this process can go on as it is.
 */
export async function restartIfNeeded(): Promise<number | undefined> {
  if (!needsTrapHandlerOff(readStartFacts())) return undefined;
  const args = [TRAP_HANDLER_OFF, ...process.execArgv, ...process.argv.slice(1)];
  const execve = 'execve' in process ? (process.execve as Execve) : undefined;
  if (execve !== undefined && process.platform !== 'win32')
    try {
      execve(process.execPath, [process.execPath, ...args], { ...process.env, [MARK]: 'replaced' });
    } catch {
      // Forbidden by a policy, say: a child may still be allowed.
    }
  return runChild(args);
}

/** Undefined if there can be no child. */
function runChild(args: readonly string[]): Promise<number | undefined> {
  const child = spawn(process.execPath, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [MARK]: 'child' },
  });
  // A terminal sends its signals to both. A message can be told from a second signal, which would end the child at once.
  const stop = (): void => {
    if (child.connected) child.send(STOP_MESSAGE, () => {});
  };
  for (const signal of FORWARDED) process.on(signal, stop);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      for (const signal of FORWARDED) process.off(signal, stop);
      process.stderr.write(`gatehouse-host: cannot begin anew with ${TRAP_HANDLER_OFF}: ${error.message}\n`);
      resolve(undefined);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal as NodeJS.Signals]));
  });
}
