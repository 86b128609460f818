import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { appendCustomSection, compileAssembly } from '../../../tools/src/module-build/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';

const test = suite('README', { timeoutMs: 120_000 });
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const HOST = join(ROOT, 'host/dist/gatehouse-host.js');

/** The code block behind the place where the text names a file. */
function fileInReadme(path: string): string {
  const block = README.slice(README.indexOf(`\`${path}\`:`)).match(/```\w+\n([\s\S]*?)```/);
  assert.ok(block?.[1], `README.md shows ${path}`);
  return block[1];
}

function run(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

test('the steps of the first module lead where they say', async () => {
  mkdirSync(join(ROOT, 'modules-as/build'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'modules-as/build/readme-'));
  const processes: ChildProcess[] = [];
  try {
    for (const path of [
      'modules-as/hot-motor/module.json',
      'modules-as/hot-motor/assembly/index.ts',
      'my-gateway/deployment.json',
    ]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), fileInReadme(path));
    }
    const pump = run(['--import', 'tsx', 'tools/simulators/pump/main.ts', '--port', '0'], ROOT);
    processes.push(pump);
    const [started] = (await once(createInterface({ input: pump.stdout! }), 'line')) as [string];
    const { port } = JSON.parse(started) as { port: number };
    const gateway = fileInReadme('my-gateway/gateway.json');
    assert.ok(gateway.includes('"port": 5020'));
    writeFileSync(join(folder, 'my-gateway/gateway.json'), gateway.replace('5020', String(port)));

    const compiled = await compileAssembly(join(folder, 'modules-as/hot-motor/assembly/index.ts'));
    const description = readFileSync(join(folder, 'modules-as/hot-motor/module.json'));
    const wasm = appendCustomSection(compiled, 'gatehouse.manifest', description);
    assert.ok(wasm.byteLength < 16_384, `a few kilobytes, not ${wasm.byteLength}`);
    mkdirSync(join(folder, 'modules-as/build'));
    writeFileSync(join(folder, 'modules-as/build/hot-motor.wasm'), wasm);
    writeFileSync(
      join(folder, 'modules-as/build/modbus-translate.wasm'),
      readFileSync(join(ROOT, 'modules-as/build/modbus-translate.wasm')),
    );

    const check = run([HOST, 'check', 'my-gateway/deployment.json'], folder);
    const [code] = (await once(check, 'exit')) as [number];
    assert.equal(code, 0, 'check finds nothing wrong');

    let log = '';
    const host = run([HOST, 'run', '--deployment', 'my-gateway/deployment.json'], folder);
    processes.push(host);
    host.stderr?.on('data', (text) => {
      log += text;
    });
    await until(
      'the warning of the module',
      () => /<4> .* \[hot\] the motor has \d+(\.\d+)? °C/.test(log),
      30_000,
    ).catch(() => assert.fail(log));
    assert.match(log, /<6> .* \[hot\] module is running/);
    host.kill('SIGTERM');
    assert.deepEqual(await once(host, 'exit'), [0, null], 'it ends in order');
  } finally {
    for (const child of processes) if (child.exitCode === null) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

test('no document has a place that somebody forgot to fill', () => {
  const readme = readFileSync(join(ROOT, 'bench/README.md'), 'utf8');
  assert.doesNotMatch(readme, /FIGURES|TBD|XXX/);
  assert.match(readme, /\| `route-hop` \| \d/);
});

test('links in the documents lead to files', () => {
  for (const document of [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'docs/architecture.md',
    'docs/threat-model.md',
    'docs/operations.md',
    'docs/signatures.md',
    'modules-as/README.md',
    'bench/README.md',
  ]) {
    const text = readFileSync(join(ROOT, document), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      if (!/^https?:/.test(target))
        assert.ok(existsSync(join(ROOT, dirname(document), target)), `${document} -> ${target}`);
  }
});

test.run();
