import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/http/detail.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { startHttp, startTcp } from '../../peers/http-servers.ts';
import { grantOf, HttpRig, postTo } from '../../unit/host/drivers/http-rig.ts';
import { Authority, type CertificateFiles } from '../uplink/certificates.ts';

const test = suite('HTTP requests over TLS', { needs: [TOOLS.openssl], timeoutMs: 20_000 });
let authority: Authority;
let ca: readonly string[];
test.before(() => {
  authority = new Authority();
  ca = [readFileSync(authority.ca.certificate, 'utf8')];
});
test.after(() => authority.close());

const LOOPBACK = async () => [{ address: '127.0.0.1', family: 4 }];
const read = ({ certificate, key }: CertificateFiles) => ({ cert: readFileSync(certificate), key: readFileSync(key) });

async function ask(
  files: CertificateFiles,
  { host = 'hooks.test', trusted = ca as readonly string[] | 'default', tls = {} } = {},
) {
  const server = await startHttp((_, response) => response.end('ok'), { ...read(files), ...tls });
  const origin = `https://${host}:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], headers: { token: { secret: 's' } } })], {
    resolve: LOOPBACK,
    ...(trusted === 'default' ? {} : { ca: trusted }),
  });
  try {
    const answer = await rig.request(postTo(`${origin}/`, 'x'));
    return { answer, seen: server.seen, logs: rig.logs };
  } finally {
    await rig.close();
    await server.close();
  }
}

async function assertRefused(result: ReturnType<typeof ask>, why: RegExp): Promise<void> {
  const { answer, seen, logs } = await result;
  assert.deepEqual([answer.status, answer.detail], [STATUS.unavailable, DETAIL.noTls]);
  assert.deepEqual(seen, [], 'nothing was sent, no secret either');
  assert.equal(logs[0]?.code, 'DEVICE_UNREACHABLE');
  assert.match(logs[0]!.text, why);
}

test('a server with a certificate of the authority for its name is asked, and gets the secret', async () => {
  const { answer, seen } = await ask(authority.issue('hooks.test', ['DNS:hooks.test']));
  assert.deepEqual([answer.status, answer.body], [STATUS.ok, 'ok']);
  assert.equal(seen[0]?.headers['token'], 'value-of-s');
});

test('so is one whose address is in its certificate', async () => {
  const { answer } = await ask(authority.issue('a', ['IP:127.0.0.1']), { host: '127.0.0.1' });
  assert.equal(answer.status, STATUS.ok);
});

test('a certificate for another name is not accepted, also when it has the address', () =>
  assertRefused(ask(authority.issue('x', ['DNS:other.test', 'IP:127.0.0.1'])), /ERR_TLS_CERT_ALTNAME_INVALID/));

test('a certificate that has expired is not accepted', () =>
  assertRefused(ask(authority.issue('hooks.test', ['DNS:hooks.test'], -1)), /CERT_HAS_EXPIRED/));

test("an authority that is not Node's own is not accepted without http.ca", () =>
  assertRefused(
    ask(authority.issue('hooks.test', ['DNS:hooks.test']), { trusted: 'default' }),
    /UNABLE_TO_|SELF_SIGNED|unable to/,
  ));

test('without authorities none is accepted', () =>
  assertRefused(
    ask(authority.issue('hooks.test', ['DNS:hooks.test']), { trusted: [] }),
    /UNABLE_TO_|SELF_SIGNED|unable to/,
  ));

test('an authority of somebody else is not accepted', async () => {
  const other = new Authority();
  try {
    await assertRefused(ask(other.issue('hooks.test', ['DNS:hooks.test'])), /UNABLE_TO_|SELF_SIGNED|unable to/);
  } finally {
    other.close();
  }
});

test('TLS is verified although the environment of the process says not to', async () => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    await assertRefused(ask(authority.issue('x', ['DNS:other.test'])), /ALTNAME/);
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

test('TLS 1.1 is not spoken', () =>
  assertRefused(
    ask(authority.issue('hooks.test', ['DNS:hooks.test']), {
      tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
    }),
    /./,
  ));

test('a server that speaks no TLS, or closes during it, gets nothing', async () => {
  for (const connected of [
    (socket: import('node:net').Socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'),
    (socket: import('node:net').Socket) => void socket.destroy(),
  ]) {
    const server = await startTcp(connected);
    const origin = `https://hooks.test:${server.port}`;
    const rig = await HttpRig.open([grantOf({ origins: [origin] })], { resolve: LOOPBACK, ca });
    const { status, detail } = await rig.request(postTo(`${origin}/`, 'x'));
    assert.deepEqual([status, detail], [STATUS.unavailable, DETAIL.noTls]);
    await rig.close();
    await server.close();
  }
});

test('each request has a session of its own: nothing of the first is there for the second', async () => {
  const files = read(authority.issue('hooks.test', ['DNS:hooks.test']));
  const reused: boolean[] = [];
  const server = createServer(files, (socket) => {
    reused.push(socket.isSessionReused());
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://hooks.test:${(server.address() as { port: number }).port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin] })], { resolve: LOOPBACK, ca });
  for (let i = 0; i < 2; i++) assert.equal((await rig.request(postTo(`${origin}/`, 'x'))).status, STATUS.ok);
  assert.deepEqual(reused, [false, false]);
  await rig.close();
  await new Promise((resolve) => server.close(resolve));
});

test('a redirect from https to http is denied, within one host too', async () => {
  const files = read(authority.issue('hooks.test', ['DNS:hooks.test']));
  const plain = await startHttp((_, response) => response.end('plain'));
  const server = await startHttp(
    (_, response) => response.writeHead(307, { location: `http://hooks.test:${plain.port}/` }).end(),
    files,
  );
  const origins = [`https://hooks.test:${server.port}`, `http://hooks.test:${plain.port}`];
  const rig = await HttpRig.open([grantOf({ origins, redirects: 1 })], { resolve: LOOPBACK, ca });
  const { status, detail } = await rig.request(postTo(`${origins[0]}/`, 'x'));
  assert.deepEqual([status, detail], [STATUS.denied, DETAIL.redirectRefused]);
  assert.match(rig.denials[0]!, /it gives up TLS$/);
  assert.deepEqual(plain.seen, []);
  await rig.close();
  await server.close();
  await plain.close();
});

test.run();
