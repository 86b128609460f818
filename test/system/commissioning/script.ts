import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { COMMAND } from './gatehouse-process.ts';

/** An example of a document: a script, how it ends, and what it prints. */
export interface Example {
  readonly kind: string;
  readonly code: number;
  readonly script: string;
  readonly expected: string;
}

const EXAMPLE = /^```sh ?(\w*?)(?: ?exit (\d))?\n([\s\S]*?)^```\n```text\n([\s\S]*?)^```/gm;

/** The examples of a document, each with its output behind it. */
export function examplesOf(document: string): Example[] {
  const found = [...document.matchAll(EXAMPLE)];
  const scripts = document.match(/^```sh/gm)?.length ?? 0;
  if (found.length !== scripts) throw new Error(`${found.length} of ${scripts} examples have an output`);
  return found.map(([, kind = '', code = '0', script = '', expected = '']) => ({
    ...{ kind, script, expected },
    code: Number(code),
  }));
}

/** Runs a script in which `gatehouse` is the built command; what it prints on both streams, in order. */
export async function runScript(folder: string, script: string): Promise<{ output: string; code: number | null }> {
  const prelude = `exec 2>&1; gatehouse() { "${process.execPath}" "${COMMAND}" "$@"; }`;
  const child = spawn('bash', ['-c', `${prelude}\n${script}`], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  await once(child, 'close');
  return { output, code: child.exitCode };
}
