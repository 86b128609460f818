import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/http/detail.ts';
import { assert, suite } from '../../lib/suite.ts';
import { type HttpPeer, startHttp } from '../../peers/http-servers.ts';
import { grantOf, HttpRig, postTo, requestTo } from '../../unit/host/drivers/http-rig.ts';

const test = suite('HTTP redirects');

/** A server that sends to what the query says, with the code of the path; `/end` ends it. */
const redirecting = (): Promise<HttpPeer> =>
  startHttp((request, response) => {
    const [, code = '', target] = /^\/(\d+)\?(.*)$/.exec(request.url ?? '') ?? [];
    if (target === undefined) response.end(`${request.method} ${request.url}`);
    else response.writeHead(Number(code), { location: decodeURIComponent(target) }).end();
  });

const via = (origin: string, target: string, code = 302): string => `${origin}/${code}?${encodeURIComponent(target)}`;

async function withServers(body: (a: string, b: string, peers: readonly [HttpPeer, HttpPeer]) => Promise<void>) {
  const peers = [await redirecting(), await redirecting()] as const;
  try {
    await body(`http://127.0.0.1:${peers[0].port}`, `http://127.0.0.1:${peers[1].port}`, peers);
  } finally {
    for (const peer of peers) await peer.close();
  }
}

test('a redirect is not followed unless the grant says so: the module gets it with its location', () =>
  withServers(async (a, _b, [peer]) => {
    const rig = await HttpRig.open([grantOf({ origins: [a] })]);
    const { status, detail, headers } = await rig.request(requestTo(via(a, '/end')));
    assert.deepEqual([status, detail, headers['location']], [STATUS.failed, 302, '/end']);
    assert.equal(peer.seen.length, 1);
    await rig.close();
  }));

test('as many are followed as the grant says; the next one goes to the module', () =>
  withServers(async (a) => {
    const rig = await HttpRig.open([grantOf({ origins: [a], redirects: 2 })]);
    const once = await rig.request(requestTo(via(a, '/end')));
    assert.deepEqual([once.status, once.body], [STATUS.ok, 'GET /end']);
    const twice = await rig.request(requestTo(via(a, via('', '/end'))));
    assert.deepEqual([twice.status, twice.body], [STATUS.ok, 'GET /end']);
    const thrice = await rig.request(requestTo(via(a, via('', via('', '/end')))));
    assert.deepEqual([thrice.status, thrice.detail, thrice.headers['location']], [STATUS.failed, 302, '/end']);
    assert.equal(rig.status(a)['redirects'], 5);
    await rig.close();
  }));

test('a loop ends after the number of the grant', async () => {
  const peer = await startHttp((_, response) => response.writeHead(302, { location: '/again' }).end());
  const origin = `http://127.0.0.1:${peer.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], redirects: 5 })]);
  const { status, detail } = await rig.request(requestTo(`${origin}/`));
  assert.deepEqual([status, detail, peer.seen.length], [STATUS.failed, 302, 6]);
  await rig.close();
  await peer.close();
});

for (const [code, method, becomes] of [
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [302, 'PUT', 'PUT'],
  [307, 'POST', 'POST'],
  [308, 'PATCH', 'PATCH'],
] as const)
  test(`${code} makes a ${becomes} of a ${method}, with its body only if the method stays`, () =>
    withServers(async (a, _b, [peer]) => {
      const rig = await HttpRig.open([grantOf({ origins: [a], redirects: 1 })]);
      const text = method === 'HEAD' ? '' : 'body';
      const headers = [['content-type', 'text/plain'] as const];
      await rig.request(requestTo(via(a, '/end', code), { method, text, headers }));
      const last = peer.seen.at(-1);
      const isSame = method === becomes;
      assert.deepEqual([last?.method, last?.url, last?.body], [becomes, '/end', isSame ? text : '']);
      assert.equal(last?.headers['content-type'], isSame ? 'text/plain' : undefined);
      await rig.close();
    }));

test('neither secrets nor headers of the grant go along to another origin, nor back from there', () =>
  withServers(async (a, b, [first, second]) => {
    const headers = { authorization: { secret: 's' } };
    const rig = await HttpRig.open([grantOf({ origins: [a, b], headers, requestHeaders: ['x-key'], redirects: 3 })]);
    const own = [['accept', 'text/plain'] as const, ['x-key', 'k'] as const];
    await rig.request(requestTo(via(a, via(b, `${a}/end`)), { headers: own }));
    assert.deepEqual(
      [...first.seen.slice(0, 1), ...second.seen, ...first.seen.slice(1)].map(({ headers: sent }) => [
        sent.authorization,
        sent['x-key'],
        sent.accept,
      ]),
      [
        ['value-of-s', 'k', 'text/plain'],
        [undefined, undefined, 'text/plain'],
        [undefined, undefined, 'text/plain'],
      ],
    );
    await first.close();
    await rig.request(requestTo(via(b, '/end'), { headers: own }));
    assert.equal(second.seen.at(-1)?.headers.authorization, 'value-of-s', 'within one origin they do');
    await rig.close();
  }));

const REFUSED: readonly (readonly [string, (b: string) => string])[] = [
  ['an origin outside the grant', (b) => `${b}/end`],
  ['another port', () => 'http://127.0.0.1:1/end'],
  ['a host with another way of writing the address', (b) => b.replace('127.0.0.1', '2130706433')],
  ['a path outside the grant', () => '/other'],
  ['a path that leaves the granted one', () => '/ok/../other'],
  ['a path that leaves it by escapes', () => '/ok/%2e%2e/other'],
  ['a path with an escaped slash', () => '/ok/..%2fother'],
  ['user and password', (b) => b.replace('http://', 'http://user:word@')],
  ['a file', () => 'file:///etc/passwd'],
  ['a script', () => 'javascript:alert(1)'],
  ['no URL', () => 'http://['],
  ['IPv6 that stands for IPv4', (b) => b.replace('127.0.0.1', '[::ffff:127.0.0.1]')],
];

for (const [what, target] of REFUSED)
  test(`a redirect to ${what} is denied, told as a security event, and not asked for`, async () => {
    const peers = [
      await startHttp((request, response) => {
        if (request.url === '/ok/start')
          response.writeHead(302, { location: target(`http://127.0.0.1:${peers[1]?.port}`) });
        response.end();
      }),
      await redirecting(),
    ] as HttpPeer[];
    const [first, second] = peers as [HttpPeer, HttpPeer];
    const origin = `http://127.0.0.1:${first.port}`;
    const rig = await HttpRig.open([grantOf({ origins: [origin], paths: ['/ok'], redirects: 5 })]);
    try {
      const { status, detail } = await rig.request(requestTo(`${origin}/ok/start`));
      assert.deepEqual([status, detail], [STATUS.denied, DETAIL.redirectRefused]);
      assert.deepEqual(
        first.seen.map(({ url }) => url),
        ['/ok/start'],
      );
      assert.deepEqual(second.seen, []);
      assert.equal(rig.denials.length, 1);
      assert.match(rig.denials[0]!, /^m 1: a redirect of http:\/\/127\.0\.0\.1:\d+ is not followed: it /);
      assert.equal(rig.status(origin)['denied'], 1);
    } finally {
      await rig.close();
      for (const peer of peers) await peer.close();
    }
  });

test('denials of the same module are told once a minute with their number, and the rest when the driver closes', () =>
  withServers(async (a, b) => {
    const rig = await HttpRig.open([grantOf({ origins: [a], redirects: 1 })]);
    for (let i = 0; i < 3; i++) await rig.request(postTo(via(a, b, 307), 'x'));
    assert.equal(rig.denials.length, 1);
    assert.deepEqual(
      rig.audits.map(({ outcome }) => outcome),
      ['refused', 'refused', 'refused'],
    );
    await rig.close();
    assert.deepEqual(
      rig.denials.map((text) => text.slice(0, 4)),
      ['m 1:', 'm 2:'],
    );
  }));

test.run();
