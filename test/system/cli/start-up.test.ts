import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { writeDeployment } from '../../lib/deployment.ts';
import { openNode } from '../../lib/node-versions.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';

const test = suite('start-up in few addresses', { timeoutMs: 60_000 });
const HOST = fileURLToPath(new URL('../../../host/dist/gatehouse-host.js', import.meta.url));
/** The address space of a board with 39-bit addresses, as `ulimit -v` takes it. */
const SPACE_KB = 2 ** 39 / 1024;
/** More than start where each memory takes 8 GB of it. */
const MODULES = 80;

interface Started {
  readonly id: number;
  stdout: string;
  stderr: string;
  readonly ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

/** Starts a command with the addresses of such a board. */
function startSmall(command: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const words = ['-c', `ulimit -v ${SPACE_KB} && exec "$@"`, 'sh', ...command];
  const child = spawn('/bin/sh', words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const started: Started = {
    id: child.pid as number,
    stdout: '',
    stderr: '',
    ended: once(child, 'close').then(([code]) => code as number | null),
    signal: (name) => child.kill(name),
  };
  child.stdout.on('data', (text) => {
    started.stdout += text;
  });
  child.stderr.on('data', (text) => {
    started.stderr += text;
  });
  return started;
}

const statesOf = ({ stdout }: Started, state: string): number => stdout.split(`"state":"${state}"`).length - 1;

async function withModules(use: (deployment: string) => Promise<void>): Promise<void> {
  const wasm = compileWat(guestWat({ handle: '(i32.const 0)' }));
  const modules = Object.fromEntries(Array.from({ length: MODULES }, (_, index) => [`m${index}`, { wasm }]));
  const files = writeDeployment({ modules, routes: {}, gateway: { deviceId: 'gw', devices: {} } });
  try {
    await use(files.deployment);
  } finally {
    files.remove();
  }
}

async function assertAllStart(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  await withModules(async (deployment) => {
    const run = startSmall([...command, 'run', deployment, '--output', 'json'], env);
    await until('all modules to run', () => statesOf(run, 'running') === MODULES, 30_000);
    assert.equal(statesOf(run, 'failed'), 0);
    run.signal('SIGTERM');
    assert.equal(await run.ended, 0, run.stderr);
    assert.equal(statesOf(run, 'stopped'), MODULES);
  });
}

test('starts more modules than have room with the trap handler: as a program, by its first line', () =>
  assertAllStart([HOST]));

const WAYS: readonly { title: string; options: readonly string[]; env?: NodeJS.ProcessEnv }[] = [
  { title: 'without an option', options: [] },
  { title: 'with other options', options: ['--stack-trace-limit=20'] },
  { title: 'with the option in NODE_OPTIONS', options: [], env: { NODE_OPTIONS: '--disable-wasm-trap-handler' } },
];

for (const name of ['x64Node20', 'x64Node22', 'x64Node24'] as const)
  for (const { title, options, env } of WAYS)
    test(
      `starts more modules than have room with the trap handler: ${name} ${title}`,
      async () => {
        const { command } = await openNode(name);
        await assertAllStart([...command, ...options, HOST], env);
      },
      { timeoutMs: 360_000 },
    );

test('a process that cannot be replaced ends with the process that does its work, and takes it along when it is killed', () =>
  withModules(async (deployment) => {
    const command = [process.execPath, '--import', 'data:text/javascript,delete process.execve', HOST];
    const run = startSmall([...command, 'run', deployment, '--output', 'json']);
    await until('all modules to run', () => statesOf(run, 'running') === MODULES, 30_000);
    const [worker] = await childrenOf(run.id);
    assert.ok(worker !== undefined);
    // A terminal sends it to both, which must not count as twice.
    run.signal('SIGINT');
    process.kill(worker, 'SIGINT');
    assert.equal(await run.ended, 0, run.stderr);
    assert.equal(statesOf(run, 'stopped'), MODULES);

    const killed = startSmall([...command, 'run', deployment, '--output', 'json']);
    await until('all modules to run', () => statesOf(killed, 'running') === MODULES, 30_000);
    const [orphan] = await childrenOf(killed.id);
    killed.signal('SIGKILL');
    await until('the modules to stop', () => statesOf(killed, 'stopped') === MODULES);
    await until('the process to end', () => !isAlive(orphan as number));
  }));

test('the exit code is that of the work', async () => {
  const run = startSmall([process.execPath, HOST, 'run', '/nowhere/deployment.json']);
  assert.equal(await run.ended, 1);
  assert.match(run.stderr, /FILE_MISSING/);
});

function childrenOf(id: number): Promise<number[]> {
  return new Promise((resolve) => {
    execFile('cat', [`/proc/${id}/task/${id}/children`], (_, text) => resolve(text.trim().split(' ').map(Number)));
  });
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

test.run();
