import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, report, suite } from '../../lib/suite.ts';

const test = suite('a long backlog', { timeoutMs: 300_000 });
const DRAINER = fileURLToPath(new URL('drain-main.mjs', import.meta.url));
const MESSAGES = 1_000_000;
const GROWTH_MAX_MB = 30;

interface Drained {
  readonly drained: number;
  readonly outOfOrder: number;
  readonly idleMb: number;
  readonly mostMb: number;
  readonly openMs: number;
  readonly perSecond: number;
  readonly diskBytes: number;
}

/** Fills or drains a folder in a process of its own, whose memory is nobody else's. */
async function run(what: 'fill' | 'drain', folder: string): Promise<Drained> {
  const args = ['--conditions=source', '--import', 'tsx', DRAINER, what, folder, String(MESSAGES)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0);
  return JSON.parse(said) as Drained;
}

test('a million messages of 200 bytes drain in order; memory stays bounded, and the disk is given back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backlog-'));
  try {
    await run('fill', folder);
    const drained = await run('drain', folder);
    report(JSON.stringify(drained));
    assert.equal(drained.drained, MESSAGES);
    assert.equal(drained.outOfOrder, 0);
    if (existsSync('/proc/self/status'))
      assert.ok(drained.mostMb - drained.idleMb < GROWTH_MAX_MB, JSON.stringify(drained));
    assert.equal(drained.diskBytes, 0);
    assert.deepEqual(readdirSync(join(folder, 'queue-0')), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
