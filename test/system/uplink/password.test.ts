import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { withMosquitto } from '../../peers/mosquitto.ts';
import { withUplink } from './observed-uplink.ts';

const test = suite('uplink with a password', {
  needs: [TOOLS.mosquitto, TOOLS.mosquittoClients],
  timeoutMs: 30_000,
});

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-passwords-'));
const file = join(folder, 'passwords');
test.after(() => rmSync(folder, { recursive: true, force: true }));

function setPassword(password: string): void {
  execFileSync('mosquitto_passwd', ['-b', '-c', file, 'gateway', password], { stdio: 'pipe' });
  chmodSync(file, 0o644);
}

const listener = ['allow_anonymous false', `password_file ${file}`];
const authentication = { type: 'password', username: 'gateway', password: 'right' } as const;

for (const connections of ['auto', 'per-identity'] as const) {
  test(`reports a refused password once, and connects when the broker accepts it (${connections})`, () => {
    setPassword('something else');
    return withMosquitto({ listener }, (broker, reader) =>
      withUplink({ url: `mqtt://127.0.0.1:${broker.port}`, authentication, connections }, async (observed) => {
        observed.send('a', '1');
        const who = connections === 'auto' ? 'pump-7' : 'pump-7/a';
        await observed.state(`${who} disconnected UPLINK_REFUSED`);
        observed.send('a', '2');
        setPassword('right');
        broker.signal('SIGHUP');
        await observed.acknowledged(2);
        assert.deepEqual(observed.states.slice(0, 2), [`${who} disconnected UPLINK_REFUSED`, `${who} connected`]);
        await reader.exactly(['1', '2']);
      }),
    );
  });
}

test('counts messages that an access list refuses, and goes on', () => {
  setPassword('right');
  const acl = join(folder, 'acl');
  writeFileSync(acl, 'user gateway\ntopic write devices/pump-7/modules/good/#\n');
  chmodSync(acl, 0o600);
  return withMosquitto({ listener: [...listener, `acl_file ${acl}`] }, (broker, reader) =>
    withUplink({ url: `mqtt://127.0.0.1:${broker.port}`, authentication }, async (observed) => {
      observed.send('bad', '1');
      observed.send('good', '2');
      await observed.acknowledged(1);
      await reader.exactly(['2']);
      await until('a refusal', () => observed.lost.length > 0);
      assert.deepEqual(observed.lost, ['pump-7/bad UPLINK_REFUSED']);
      assert.equal(observed.uplink.status().refused, 1);
    }),
  );
});

test.run();
