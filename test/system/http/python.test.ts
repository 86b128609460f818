import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { type PeerProcess, startPeer } from '../../peers/peer-process.ts';
import { grantOf, HttpRig, postTo, requestTo } from '../../unit/host/drivers/http-rig.ts';

const test = suite("HTTP requests to python3's http.server", { needs: [TOOLS.python], timeoutMs: 30_000 });
const SCRIPT = fileURLToPath(new URL('../../peers/python-http-server.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-http-'));
let server: PeerProcess;
let origin: string;

test.before(async () => {
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'hello.txt'), 'hello from a file\n');
  writeFileSync(join(folder, 'sub', 'index.html'), '<p>index</p>');
  server = await startPeer('python3', [SCRIPT, folder]);
  origin = `http://127.0.0.1:${server.port}`;
});
test.after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('reads a file, and its length without its body', async () => {
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  const { status, detail, headers, body } = await rig.request(requestTo(`${origin}/hello.txt`));
  assert.deepEqual([status, detail, body], [STATUS.ok, 200, 'hello from a file\n']);
  assert.equal(headers['content-type'], 'text/plain');
  const head = await rig.request(requestTo(`${origin}/hello.txt`, { method: 'HEAD' }));
  assert.deepEqual([head.status, head.detail, head.body], [STATUS.ok, 200, '']);
  await rig.close();
});

test('a body arrives as it was sent', async () => {
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  const headers = [['content-type', 'text/plain'] as const];
  const { status, detail, body } = await rig.request(postTo(`${origin}/hook?a=b`, 'abc', { headers }));
  assert.deepEqual([status, detail, body], [STATUS.ok, 202, '/hook?a=b text/plain cba']);
  await rig.close();
});

test('what is not there and what is not done are "failed" with their status', async () => {
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  const missing = await rig.request(requestTo(`${origin}/missing`));
  assert.deepEqual([missing.status, missing.detail], [STATUS.failed, 404]);
  const put = await rig.request(requestTo(`${origin}/hello.txt`, { method: 'PUT', text: 'x' }));
  assert.deepEqual([put.status, put.detail], [STATUS.failed, 501]);
  await rig.close();
});

test('its redirect of a folder is followed when the grant says so', async () => {
  const rig = await HttpRig.open([grantOf({ origins: [origin], redirects: 1 })]);
  const { status, body } = await rig.request(requestTo(`${origin}/sub`));
  assert.deepEqual([status, body], [STATUS.ok, '<p>index</p>']);
  await rig.close();
});

test.run();
