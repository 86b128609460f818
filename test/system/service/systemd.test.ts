import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayProcess } from '../../lib/gateway-process.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT } from '../../lib/wat.ts';
import { NotifyReceiver } from './notify-receiver.ts';

const test = suite('the service of systemd', { timeoutMs: 60_000, needs: [TOOLS.systemd, TOOLS.python] });
const PACKAGING = fileURLToPath(new URL('../../../packaging/systemd', import.meta.url));
const PARTS = { modules: { works: { wasm: compileWat(FORWARD_WAT) } }, routes: {}, gateway: { deviceId: 'gw' } };

for (const isAbstract of [false, true])
  test(`a host says that it is ready, that it lives, and that it stops, on ${isAbstract ? 'an abstract socket' : 'a socket in a folder'}`, async () => {
    const systemd = await NotifyReceiver.open(isAbstract);
    try {
      const env = { NOTIFY_SOCKET: systemd.socket, WATCHDOG_USEC: '400000', PATH: process.env['PATH'] ?? '' };
      const host = await GatewayProcess.open(PARTS, { env });
      try {
        await until('the host to be ready', () => systemd.count('READY=1') > 0);
        await until('the watchdog to be fed', () => systemd.count('WATCHDOG=1') >= 3);
        assert.equal(systemd.count('STATUS=1 of 1 modules run'), 1);
        assert.equal(systemd.count('READY=1'), 1);
        assert.equal(systemd.count('STOPPING=1'), 0);
      } finally {
        assert.equal(await host.close(), 0);
      }
      assert.equal(systemd.count('STOPPING=1'), 1);
      assert.deepEqual(
        host.lines.filter(({ code }) => code !== undefined && code !== 'SIGNATURE_MISSING'),
        [],
      );
      for (const { sender } of systemd.received) assert.ok(sender > 0, 'the manager knows whose it was');
    } finally {
      await systemd.close();
    }
  });

test('a manager that is gone is reported once, and the host works', async () => {
  const host = await GatewayProcess.open(PARTS, { env: { NOTIFY_SOCKET: '/nowhere/notify', WATCHDOG_USEC: '200000' } });
  try {
    await host.line('log', ({ code }) => code === 'SERVICE_MANAGER_UNREACHABLE');
  } finally {
    assert.equal(await host.close(), 0);
  }
  assert.equal(host.lines.filter(({ code }) => code === 'SERVICE_MANAGER_UNREACHABLE').length, 1);
});

test('what systemd-notify itself sends is received in the same way', async () => {
  const systemd = await NotifyReceiver.open();
  try {
    execFileSync('systemd-notify', ['--ready', '--status=well'], {
      env: { ...process.env, NOTIFY_SOCKET: systemd.socket },
    });
    await until('it', () => systemd.count('READY=1') === 1 && systemd.count('STATUS=well') === 1);
  } finally {
    await systemd.close();
  }
});

test('systemd finds no fault with the unit, with and without Bluetooth', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-unit-'));
  try {
    // Where Node is installed differs.
    const unit = readFileSync(join(PACKAGING, 'gatehouse.service'), 'utf8');
    const bluetooth = readFileSync(join(PACKAGING, 'bluetooth.conf'), 'utf8');
    for (const [name, text] of [
      ['gatehouse.service', unit],
      ['gatehouse-bluetooth.service', `${unit}\n${bluetooth}`],
    ] as const) {
      const file = join(folder, name);
      writeFileSync(file, text.replace('/usr/bin/node', process.execPath));
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    }
    const security = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=25', join(folder, 'gatehouse.service')],
      { encoding: 'utf8' },
    );
    assert.equal(security.status, 0, security.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
