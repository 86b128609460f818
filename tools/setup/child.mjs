import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a program for the set-up: its output goes to standard error, failure is an error with the command line. */
export async function runProgram(root, program, args) {
  const shell = process.platform === 'win32' && program.endsWith('.cmd');
  const code = await settle(spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], shell }));
  if (code === 0) return;
  const stopped = code > 128 ? 'was stopped' : `ended with exit code ${code}`;
  throw new Error(`"${[program, ...args].join(' ')}" ${stopped}; its output is above`);
}

/** The same for a program of this Node. */
export function runNode(root, args) {
  return runProgram(root, process.execPath, args);
}

/**
 * Runs the real work with our standard streams. Returns its exit code, or 128 plus the number of the signal that ended it. Signals are
 * handed on, and this process waits: the work decides how to end in order.
 */
export async function runWork(root, args) {
  return settle(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }));
}

function settle(child) {
  return new Promise((resolve, reject) => {
    const forward = (signal) => child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    const stop = () => {
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    child.once('error', (error) => {
      stop();
      reject(new Error(`"${child.spawnfile}" cannot be started: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      stop();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
