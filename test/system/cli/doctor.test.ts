import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../../host/src/doctor/index.ts';
import { openNode } from '../../lib/node-versions.ts';
import { assert, suite } from '../../lib/suite.ts';

const test = suite('gatehouse-host doctor', { timeoutMs: 360_000 });
const HOST = fileURLToPath(new URL('../../../host/dist/gatehouse-host.js', import.meta.url));
/** The address space of a board with 39-bit addresses, as `ulimit -v` takes it. */
const SPACE_KB = 2 ** 39 / 1024;

interface Answer {
  readonly code: number;
  readonly stdout: string;
}

function start(command: readonly string[], limit = 'unlimited'): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', `ulimit -v ${limit} && exec "$@"`, 'sh', ...command], (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

interface Report {
  readonly version: string;
  readonly fit: boolean;
  readonly findings: readonly Finding[];
}

const finding = (report: Report, name: string): Finding => {
  const found = report.findings.find((entry) => entry.name === name);
  assert.ok(found !== undefined, name);
  return found;
};

test('says how many modules fit on this machine, and ends with 0 when a gateway works here', async () => {
  const text = await start([process.execPath, HOST, 'doctor']);
  assert.equal(text.code, 0, text.stdout);
  assert.match(text.stdout, /^gatehouse-host \d+\.\d+\.\d+ on this machine\n\n/);
  assert.match(text.stdout, /\n {2}ok {5}modules +[\d,]+ fit/);
  assert.match(text.stdout, /\n\nA gateway works here/);
});

for (const name of ['x64Node20', 'x64Node22', 'x64Node24'] as const)
  test(`with the addresses of a small board 1,000 modules fit, by memories that were really made: ${name}`, async () => {
    const { command } = await openNode(name);
    const { code, stdout } = await start([...command, HOST, 'doctor', '--json'], String(SPACE_KB));
    const report = JSON.parse(stdout) as Report;
    assert.equal(code, report.fit ? 0 : 1);
    const { byAddresses, bytesPerModule } = finding(report, 'modules').facts as Record<string, number>;
    assert.ok((byAddresses as number) >= 1_000, `${byAddresses}`);
    assert.ok((bytesPerModule as number) > 0);
    assert.equal(finding(report, 'trap handler').facts['on'], false);
    assert.equal(finding(report, 'trap handler').facts['begun'], name === 'x64Node20' ? 'child' : 'replaced');
    assert.equal(finding(report, 'addresses').facts['limitBytes'], SPACE_KB * 1024);
  });

test('a folder that cannot be written, and a configuration that is wrong, are errors, and end with 1', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-doctor-'));
  try {
    const file = join(folder, 'gateway.json');
    writeFileSync(join(folder, 'occupied'), '');
    writeFileSync(
      file,
      JSON.stringify({ deviceId: 'gw', securityLog: { file: 'occupied/security.log' }, stateFolder: 'new' }),
    );
    const ask = async (path: string) => {
      const { code, stdout } = await start([process.execPath, HOST, 'doctor', '--json', '--gateway', path]);
      return { code, report: JSON.parse(stdout) as Report };
    };
    const occupied = await ask(file);
    assert.equal(occupied.code, 1);
    assert.equal(finding(occupied.report, 'security log').state, 'error');
    assert.equal(finding(occupied.report, 'state folder').state, 'ok');
    const missing = await ask(join(folder, 'missing.json'));
    assert.equal(missing.code, 1);
    assert.equal(finding(missing.report, 'gateway.json').state, 'error');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
