import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const DEADLINE_MS = 30_000;

/** What a client got for each of its requests: values, `ok`, or the exception. */
export type ClientResults = readonly unknown[];

/** Lets a client on pymodbus use every function once. */
export async function runPymodbusClient(port: number): Promise<ClientResults> {
  const { stdout } = await run('/usr/bin/python3', [here('pymodbus-client.py'), String(port)], {
    timeout: DEADLINE_MS,
  });
  return JSON.parse(stdout) as ClientResults;
}

/** Compiles a client on libmodbus and lets it use every function once. */
export async function runLibmodbusClient(port: number): Promise<ClientResults> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-libmodbus-'));
  try {
    const program = join(folder, 'client');
    await run('gcc', ['-O2', '-o', program, here('libmodbus-client.c'), '-lmodbus']);
    const { stdout } = await run(program, [String(port)], { timeout: DEADLINE_MS });
    return JSON.parse(stdout) as ClientResults;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs mbpoll once. What it prints is its own: values as `[10]: 1010`, and why it failed on stderr.
 *
 * @param type as in its `-t`, such as `4` or `3:float`
 */
export async function mbpoll(
  port: number,
  { type, address, count = 1, values = [], unitId = 1 }: MbpollRequest,
): Promise<string> {
  const args = ['-m', 'tcp', '-p', String(port), '-a', String(unitId), '-t', type, '-0', '-B', '-r', String(address)];
  const rest = values.length > 0 ? ['127.0.0.1', ...values.map(String)] : ['-c', String(count), '-1', '127.0.0.1'];
  const { stdout, stderr } = await run('mbpoll', [...args, ...rest], { timeout: DEADLINE_MS }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return `${stdout}${stderr}`;
}

export interface MbpollRequest {
  readonly type: string;
  readonly address: number;
  readonly count?: number;
  readonly values?: readonly number[];
  readonly unitId?: number;
}
