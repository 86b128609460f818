import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { makeBundle } from '../../../../host/src/bundle/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('making a support bundle');
const PASSWORD = 'correct-horse-battery';

test('what lies where the security log is to be and is none is not in it, by a link or not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  try {
    const event = { time: '2026-05-04T10:11:12.000Z', sequence: 1, kind: 'denied', code: 'HTTP_DENIED', text: 'x' };
    const foreign = `root:$6$${PASSWORD}:19000:::\n${JSON.stringify(event)}\n{"key":"${PASSWORD}"}`;
    writeFileSync(join(folder, 'shadow'), foreign);
    symlinkSync(folder, join(folder, 'link'));
    symlinkSync(join(folder, 'shadow'), join(folder, 'shadow.1'));
    const gateway = join(folder, 'gateway.json');
    writeFileSync(gateway, '{ "deviceId": "gw", "securityLog": { "file": "link/shadow" } }');
    const { archive, absent } = await makeBundle({
      ...{ deployment: undefined, gateway, url: 'http://127.0.0.1:1', version: '0.0.0' },
      examine: async () => [{ name: 'all', state: 'ok', text: 'well', facts: {} }],
    });
    const bytes = gunzipSync(archive);
    assert.ok(bytes.includes(`${JSON.stringify(event)}\n(2 lines left out that are no events)\n`));
    assert.ok(!bytes.includes(PASSWORD));
    assert.match(absent.find(({ name }) => name === 'security.log.1')?.why ?? '', /ELOOP/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
