import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestDeployment, writeDeployment } from '../../lib/deployment.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT, guestWat } from '../../lib/wat.ts';

const test = suite('gatehouse-host', { timeoutMs: 30_000 });
const HOST = fileURLToPath(new URL('../../../host/dist/gatehouse-host.js', import.meta.url));
const GATEWAY = { deviceId: 'gw', devices: {} };

interface Run {
  stdout: string;
  stderr: string;
  readonly ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [HOST, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const run: Run = {
    stdout: '',
    stderr: '',
    ended: once(child, 'close').then(([code]) => code as number | null),
    signal: (name) => child.kill(name),
  };
  child.stdout.on('data', (text) => {
    run.stdout += text;
  });
  child.stderr.on('data', (text) => {
    run.stderr += text;
  });
  return run;
}

async function withDeployment(
  parts: Parameters<typeof writeDeployment>[0],
  use: (files: TestDeployment) => Promise<void>,
): Promise<void> {
  const files = writeDeployment(parts);
  try {
    await use(files);
  } finally {
    files.remove();
  }
}

const jsonLines = (run: Run): Record<string, unknown>[] =>
  run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('explains itself, and says what is wrong with a command line', async () => {
  const help = start('--help');
  assert.equal(await help.ended, 0);
  assert.match(help.stdout, /gatehouse-host run --deployment FILE/);
  const version = start('--version');
  assert.equal(await version.ended, 0);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  for (const [args, sentence] of [
    [['fly'], 'unknown command "fly"; the commands are run, check, doctor, status and bundle'],
    [[], 'a command is missing: run, check, doctor, status or bundle'],
    [['run'], 'run needs --deployment FILE'],
    [['run', 'a', 'b'], 'run takes one deployment file'],
    [['run', '--deployment', 'x', '--output', 'xml'], '--output is text or json, not "xml"'],
    [['doctor', 'a'], 'doctor takes no file but --gateway FILE'],
    [['check'], 'check takes one deployment file'],
    [['status', 'a'], 'status takes no file but --gateway FILE'],
    [['status', '--url', 'ftp://x'], '--url takes a url such as http://127.0.0.1:9600'],
    [['bundle', 'a'], 'bundle takes no file but --deployment FILE, --gateway FILE and -o FILE'],
    [['check', 'a', '--colour'], "Unknown option '--colour'"],
  ] as const) {
    const wrong = start(...args);
    assert.equal(await wrong.ended, 2);
    assert.equal(wrong.stderr, `gatehouse-host: ${sentence}\nTry gatehouse-host --help\n`);
  }
});

test('its two files are enough', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-files-'));
  try {
    for (const name of ['gatehouse-host.js', 'cell.js']) copyFileSync(join(dirname(HOST), name), join(folder, name));
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'gatehouse-host.js'), '--version'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('check reports every problem and exits with 1, as text and as JSON', () =>
  withDeployment(
    {
      modules: { a: { wasm: compileWat(FORWARD_WAT) }, b: {} },
      routes: { r: 'FROM /messages/modules/a/* WHERE x > 1 INTO $upstream' },
      gateway: GATEWAY,
    },
    async ({ deployment }) => {
      const text = start('check', deployment);
      assert.equal(await text.ended, 1);
      assert.match(text.stdout, /MODULE_MISSING/);
      assert.match(text.stdout, /ROUTE_TYPE/);
      assert.match(text.stdout, /; nothing can start\n$/);
      const json = start('check', deployment, '--json');
      assert.equal(await json.ended, 1);
      const problems = (JSON.parse(json.stdout) as { severity: string; code: string; line: number }[]).filter(
        ({ severity }) => severity === 'error',
      );
      assert.deepEqual(problems.map(({ code }) => code).sort(), ['MODULE_MISSING', 'ROUTE_TYPE']);
      assert.ok(problems.every(({ line }) => line > 1));
    },
  ));

test('run starts nothing when the file as a whole is wrong', () =>
  withDeployment({ modules: {}, routes: { r: 'FROM' }, gateway: GATEWAY }, async ({ deployment }) => {
    const run = start('run', '--deployment', deployment);
    assert.equal(await run.ended, 1);
    assert.match(run.stderr, /ROUTE_SYNTAX/);
    assert.match(run.stderr, /^1 error, .*; nothing can start$/m);
  }));

test('run says what happens as JSON lines, and ends in order with 0', () =>
  withDeployment(
    {
      modules: { a: { wasm: compileWat(FORWARD_WAT) }, bad: { wasm: compileWat(guestWat({ handle: 'unreachable' })) } },
      routes: { up: 'FROM /messages/modules/a/* INTO $upstream' },
      gateway: GATEWAY,
    },
    async ({ deployment }) => {
      const run = start('run', '--deployment', deployment, '--output', 'json', '--status-every', '0.1');
      const find = (kind: string, has: (line: Record<string, unknown>) => boolean) =>
        until(`a line of kind ${kind}`, () =>
          jsonLines({ ...run, stdout: run.stdout.slice(0, run.stdout.lastIndexOf('\n') + 1) }).find(
            (line) => line['kind'] === kind && has(line),
          ),
        );
      await find('state', ({ module, state }) => module === 'a' && state === 'running');
      const failed = await find('state', ({ module, state }) => module === 'bad' && state === 'failed');
      assert.equal(failed['code'], 'MODULE_TRAPPED');
      const status = await find('status', ({ modules }) => (modules as unknown[]).length === 2);
      assert.ok((status['rssBytes'] as number) > 1e6);
      run.signal('SIGTERM');
      assert.equal(await run.ended, 0);
      assert.ok(jsonLines(run).some(({ module, state }) => module === 'a' && state === 'stopped'));
    },
  ));

test.run();
