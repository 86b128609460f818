import { createHash } from 'node:crypto';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { startHttp } from '../../peers/http-servers.ts';
import { grantOf, HttpRig, postTo, requestTo } from '../../unit/host/drivers/http-rig.ts';

const test = suite('HTTP requests to node:http');

test('a request arrives as it was made, and its answer comes back with status, chosen headers and body', async () => {
  const server = await startHttp((_, response) => {
    response.writeHead(201, { 'Content-Type': 'text/plain', 'Retry-After': '7', 'X-Other': 'no', Location: '/made/1' });
    response.end('done');
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], requestHeaders: ['x-priority'] })]);
  try {
    const headers = [['content-type', 'application/json'] as const, ['x-priority', '1'] as const];
    const answer = await rig.request(postTo(`${origin}/alarm?id=7`, '{"bar":9}', { headers }));
    assert.equal(answer.status, STATUS.ok);
    assert.equal(answer.detail, 201);
    assert.equal(answer.body, 'done');
    const { date, ...others } = answer.headers;
    assert.ok(date !== undefined);
    assert.deepEqual(others, { 'content-type': 'text/plain', location: '/made/1', 'retry-after': '7' });
    const [{ method, url, body, headers: sent }] = server.seen as [(typeof server.seen)[0]];
    assert.deepEqual([method, url, body], ['POST', '/alarm?id=7', '{"bar":9}']);
    assert.deepEqual(sent, {
      host: `127.0.0.1:${server.port}`,
      'user-agent': 'gatehouse',
      'accept-encoding': 'identity',
      'content-length': '9',
      'content-type': 'application/json',
      'x-priority': '1',
      connection: 'close',
    });
  } finally {
    await rig.close();
    await server.close();
  }
});

test('every method goes through; GET and HEAD are no writes, all others are audited', async () => {
  const server = await startHttp((request, response) => response.end(request.method));
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  try {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      const { status, detail, body } = await rig.request(requestTo(`${origin}/x?token=t`, { method }));
      assert.deepEqual([status, detail, body], [STATUS.ok, 200, method === 'HEAD' ? '' : method]);
    }
    assert.deepEqual(
      rig.audits.map(({ device, address, outcome, sent, detail }) => [device, address, outcome, sent, detail]),
      ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [origin, `${method} /x`, 'confirmed', true, 200]),
    );
    const { requests, answers, reads, writes } = rig.status(origin);
    assert.deepEqual([requests, answers, reads, writes], [6, 6, 2, { ...NO_WRITES, confirmed: 4 }]);
  } finally {
    await rig.close();
    await server.close();
  }
});

const NO_WRITES = { confirmed: 0, refused: 0, unknown: 0, expired: 0, dropped: 0 };

test('an answer that is no success is "failed" with its HTTP status and its body', async () => {
  const server = await startHttp((request, response) => {
    response.writeHead(Number(request.url?.slice(1)));
    response.end(request.url === '/304' ? undefined : 'sorry');
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  try {
    for (const code of [302, 304, 400, 404, 429, 500, 503]) {
      const { status, detail, body } = await rig.request(requestTo(`${origin}/${code}`));
      assert.deepEqual([status, detail, body], [STATUS.failed, code, code === 304 ? '' : 'sorry']);
    }
    const { status } = await rig.request(postTo(`${origin}/500`, 'x'));
    assert.equal(status, STATUS.failed);
    assert.equal(rig.audits[0]?.outcome, 'refused');
  } finally {
    await rig.close();
    await server.close();
  }
});

test('a body may have as many bytes as the grant says, however it comes, and not one more', async () => {
  const server = await startHttp((request, response) => {
    const [, kind, bytes] = (request.url ?? '').split('/');
    const body = Buffer.alloc(Number(bytes), 'x');
    if (kind === 'length') response.setHeader('content-length', body.length);
    for (let at = 0; at < body.length; at += 1_000) response.write(body.subarray(at, at + 1_000));
    response.end();
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], answerBytes: 10_000 })]);
  try {
    for (const kind of ['length', 'chunked']) {
      const whole = await rig.request(requestTo(`${origin}/${kind}/10000`));
      assert.deepEqual([whole.status, whole.detail, whole.body.length], [STATUS.ok, 200, 10_000]);
      const cut = await rig.request(requestTo(`${origin}/${kind}/10001`));
      assert.deepEqual([cut.status, cut.detail, cut.body], [STATUS.limit, 200, '']);
      assert.ok(cut.headers['date'] !== undefined);
    }
    assert.equal(rig.status(origin)['tooLong'], 2);
  } finally {
    await rig.close();
    await server.close();
  }
});

test('bodies of the largest size arrive unchanged both ways', async () => {
  const server = await startHttp((_, response) => {
    response.write(Buffer.alloc(131_072, 'a'));
    response.end(Buffer.alloc(65_536, 'b'));
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], answerBytes: 196_608, requestBytes: 65_536 })]);
  try {
    const text = 'y'.repeat(65_536);
    const { body } = await rig.request(postTo(`${origin}/`, text));
    const digest = (of: string) => createHash('sha256').update(of).digest('hex');
    assert.equal(digest(body), digest('a'.repeat(131_072) + 'b'.repeat(65_536)));
    assert.equal(digest(server.seen[0]!.body), digest(text));
  } finally {
    await rig.close();
    await server.close();
  }
});

test('four requests of a module are under way at once, sixteen wait, and one more is answered with "full"', async () => {
  const held: (() => void)[] = [];
  const server = await startHttp((_, response) => held.push(() => response.end('ok')));
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open({ m: [grantOf({ origins: [origin] })], n: [grantOf({ origins: [origin] })] });
  try {
    const answers = Array.from({ length: 20 }, () => rig.request(requestTo(`${origin}/`)));
    await until('four requests', () => held.length === 4);
    assert.equal((await rig.request(requestTo(`${origin}/`))).status, STATUS.full);
    const other = rig.request(requestTo(`${origin}/`), 'n');
    await until('one of another module', () => held.length === 5);
    const release = setInterval(() => held.shift()?.(), 1);
    for (const answer of await Promise.all([...answers, other])) assert.equal(answer.status, STATUS.ok);
    clearInterval(release);
    assert.equal(rig.status(origin)['full'], 1);
  } finally {
    await rig.close();
    await server.close();
  }
});

test('the secret of a grant goes to its server, and nobody else sees it', async () => {
  const server = await startHttp((_, response) => response.end('ok'));
  const origin = `http://127.0.0.1:${server.port}`;
  const headers = { authorization: { secret: 'sms-token', prefix: 'Bearer ' } };
  const rig = await HttpRig.open([grantOf({ origins: [origin], headers })]);
  try {
    const answer = await rig.request(postTo(`${origin}/sms`, 'x'));
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer value-of-sms-token');
    const said = JSON.stringify([answer, rig.logs, rig.audits, rig.denials, rig.driver.status()]);
    assert.ok(!said.includes('value-of'), said);
  } finally {
    await rig.close();
    await server.close();
  }
});

test('a request whose secret is not there is not made', async () => {
  const server = await startHttp((_, response) => response.end('ok'));
  const origin = `http://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], headers: { token: { secret: 's' } } })], {
    readSecret: () => Promise.reject(new Error('the secret "s" is not available')),
  });
  try {
    const { status, detail } = await rig.request(postTo(`${origin}/`, 'x'));
    assert.deepEqual([status, detail], [STATUS.unavailable, 8]);
    assert.equal(server.seen.length, 0);
    assert.deepEqual(
      rig.logs.map(({ code }) => code),
      ['SECRET_UNAVAILABLE'],
    );
    assert.equal(rig.audits[0]?.outcome, 'dropped');
  } finally {
    await rig.close();
    await server.close();
  }
});

test.run();
