import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { BUILT_MODULES, CommandFolder, HOST_COMMAND } from './cli.ts';

const test = suite('docs/signatures.md', { timeoutMs: 120_000 });
const document = readFileSync(fileURLToPath(new URL('../../../docs/signatures.md', import.meta.url)), 'utf8');

interface Block {
  /** Empty, `run`, or `refused CODE`. */
  readonly kind: string;
  readonly script: string;
}

const blocks: Block[] = [...document.matchAll(/^```sh ?(.*)\n([\s\S]*?)^```/gm)].map(([, kind = '', script = '']) => ({
  kind,
  script,
}));

/** Starts the gateway, waits until its module runs, and stops it in order. */
async function runGateway(folder: CommandFolder): Promise<void> {
  const host = spawn(process.execPath, [HOST_COMMAND, 'run', '--deployment', 'deployment.json'], { cwd: folder.path });
  let log = '';
  host.stderr.on('data', (text) => {
    log += text;
  });
  try {
    await until('the module to run', () => log.includes('[alarm] module is running'), 30_000).catch(() =>
      assert.fail(log),
    );
    host.kill('SIGTERM');
    assert.deepEqual(await once(host, 'exit'), [0, null], log);
  } finally {
    if (host.exitCode === null) host.kill('SIGKILL');
  }
}

test('its commands do what it says, from the first key to a new root key', async () => {
  const folder = new CommandFolder();
  try {
    copyFileSync(join(BUILT_MODULES, 'alarm.wasm'), folder.file('alarm.wasm'));
    assert.ok(blocks.length >= 10, `${blocks.length} blocks`);
    // Variables of one block are there in the next.
    const restore = 'if [ -f .variables ]; then . ./.variables; fi';
    const keep = 'declare -p root acme next second > .variables 2> /dev/null || true';
    for (const { kind, script } of blocks) {
      if (kind === 'run') {
        await runGateway(folder);
        continue;
      }
      const { code, stdout, stderr } = folder.bash(`${restore}\n${script}\n${keep}`);
      const said = `${script}\n${stdout}${stderr}`;
      const refused = /^refused (\w+)$/.exec(kind)?.[1];
      if (refused === undefined) assert.equal(code, 0, said);
      else {
        assert.equal(code, 1, said);
        assert.ok(said.includes(refused), said);
      }
      if (script.includes('gatehouse-host check') && refused === undefined)
        assert.match(stdout, /no problems|0 errors/, said);
    }
  } finally {
    folder.remove();
  }
});

test.run();
