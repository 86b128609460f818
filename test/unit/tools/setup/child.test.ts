import { type ChildProcess, spawn } from 'node:child_process';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('set-up child');
const CHILD = new URL('../../../../tools/setup/child.mjs', import.meta.url).href;

/** A process that becomes `work` (the text of a program) by way of the set-up's `runWork`. */
function start(work: string): { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> } {
  const program = `import { runWork } from ${JSON.stringify(CHILD)};
    process.exitCode = await runWork('.', ['-e', ${JSON.stringify(work)}]);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, output }))) };
}

test('hands on output and exit code of the work', async () => {
  assert.deepEqual(await start('console.log("hello"); process.exitCode = 7').ended, { code: 7, output: 'hello\n' });
  assert.deepEqual(await start('').ended, { code: 0, output: '' });
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`hands ${signal} to the work and waits for it to end in order`, async () => {
    const { child, ended } = start(`
      process.on('${signal}', () => setTimeout(() => { console.log('in order'); process.exit(3); }, 50));
      setInterval(() => {}, 1000); console.log('ready');`);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill(signal);
    assert.deepEqual(await ended, { code: 3, output: 'ready\nin order\n' });
  });
}

test('work that a signal ends gives 128 plus its number, as a shell does', async () => {
  assert.equal((await start('process.kill(process.pid, "SIGKILL")').ended).code, 137);
});

test('a step that fails is reported with its command line', async () => {
  const program = `import { runProgram } from ${JSON.stringify(CHILD)};
    for (const [file, args] of [['false', []], ['no-such-program', ['ci']]]) {
      await runProgram('.', file, args).catch((error) => console.log(error.message));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.once('close', resolve));
  assert.match(
    output,
    /^"false" ended with exit code 1; its output is above\n"no-such-program" cannot be started: .*ENOENT\n$/,
  );
});

test.run();
