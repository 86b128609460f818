import { STATUS } from '../../../../../host/src/abi/constants.ts';
import type { HttpGrant } from '../../../../../host/src/drivers/http/grant.ts';
import { compileHttpGuard } from '../../../../../host/src/drivers/http/guard.ts';
import { encodeHttpRequest } from '../../../../../host/src/drivers/http/request-codec.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { grantOf, postTo, requestTo } from '../http-rig.ts';

const test = suite('guard of http');
const judge = (grants: readonly HttpGrant[], ...parts: Parameters<typeof requestTo>) =>
  compileHttpGuard(grants).judge(encodeHttpRequest(requestTo(...parts)));
const one = (grant: Partial<HttpGrant> & Pick<HttpGrant, 'origins'>) => [grantOf(grant)];

test('lets through what goes to an origin of the grant, and nothing else', () => {
  const grants = one({ origins: ['https://hooks.example.com', 'http://192.0.2.7:8080', 'http://[2001:db8::1]'] });
  for (const url of ['https://hooks.example.com/', 'http://192.0.2.7:8080/x', 'http://[2001:db8::1]/'])
    assert.equal(judge(grants, url), STATUS.ok, url);
  for (const url of [
    ...[
      'http://hooks.example.com/',
      'https://hooks.example.com:444/',
      'https://example.com/',
      'https://a.hooks.example.com/',
    ],
    ...[
      'https://hooks.example.co/',
      'https://xhooks.example.com/',
      'http://192.0.2.7/',
      'http://192.0.2.70:8080/',
      'http://[2001:db8::2]/',
    ],
  ])
    assert.equal(judge(grants, url), STATUS.denied, url);
});

test('a domain stands for every name below it and not for itself', () => {
  const grants = one({ origins: ['https://*.example.org:8443'] });
  for (const host of ['a.example.org', 'a.b.example.org'])
    assert.equal(judge(grants, `https://${host}:8443/`), STATUS.ok, host);
  for (const host of ['example.org', 'aexample.org', 'example.org.evil.test', 'a.example.org.evil.test'])
    assert.equal(judge(grants, `https://${host}:8443/`), STATUS.denied, host);
  assert.equal(judge(grants, 'https://a.example.org/'), STATUS.denied, 'another port');
});

test('a path is allowed by whole segments', () => {
  const grants = one({ origins: ['http://a.test'], paths: ['/alarm', '/v1/'] });
  for (const path of ['/alarm', '/alarm/', '/alarm/x', '/alarm?x', '/v1/', '/v1/x'])
    assert.equal(judge(grants, `http://a.test${path}`), STATUS.ok, path);
  for (const path of ['/', '/alarms', '/alar', '/Alarm', '/v1', '/v1?x', '//alarm', '/x?/alarm', '/alarm;x'])
    assert.equal(judge(grants, `http://a.test${path}`), STATUS.denied, path);
});

test('only methods of the grant are allowed', () => {
  const grants = one({ origins: ['http://a.test'], methods: ['POST', 'DELETE'] });
  for (const method of ['POST', 'DELETE'] as const)
    assert.equal(judge(grants, 'http://a.test/', { method }), STATUS.ok);
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH'] as const)
    assert.equal(judge(grants, 'http://a.test/', { method }), STATUS.denied, method);
});

test('a module sets content-type, accept and headers of its grant, and none that the host adds', () => {
  const grants = one({
    origins: ['http://a.test'],
    requestHeaders: ['x-key'],
    headers: { authorization: { secret: 's' } },
  });
  const withHeader = (name: string) => judge(grants, 'http://a.test/', { headers: [[name, 'v']] });
  for (const name of ['content-type', 'accept', 'x-key']) assert.equal(withHeader(name), STATUS.ok, name);
  for (const name of [
    'authorization',
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'cookie',
    'x-ke',
    'x-key2',
  ])
    assert.equal(withHeader(name), STATUS.denied, name);
});

test('a body or a time beyond the grant is over the limit, also where another grant is not for the request', () => {
  const grants = [
    grantOf({ origins: ['http://b.test'], requestBytes: 65_536 }),
    grantOf({ origins: ['http://a.test'], requestBytes: 10, timeoutMs: 100 }),
  ];
  const guard = compileHttpGuard(grants);
  const post = (bytes: number, timeoutMs = 0) =>
    guard.judge(encodeHttpRequest(postTo('http://a.test/', 'x'.repeat(bytes), { timeoutMs })));
  assert.deepEqual(
    [post(10), post(11), post(1, 100), post(1, 101)],
    [STATUS.ok, STATUS.limit, STATUS.ok, STATUS.limit],
  );
  const both = [...grants, grantOf({ origins: ['http://a.test'], requestBytes: 20 })];
  assert.equal(judge(both, 'http://a.test/', { method: 'POST', text: 'x'.repeat(20) }), STATUS.ok, 'grants add up');
});

test('no two grants together allow what none of them allows', () => {
  const grants = [
    grantOf({ origins: ['http://a.test'], methods: ['GET'] }),
    grantOf({ origins: ['http://b.test'], methods: ['POST'] }),
  ];
  assert.equal(judge(grants, 'http://a.test/', { method: 'POST' }), STATUS.denied);
  assert.equal(judge([], 'http://a.test/'), STATUS.denied);
});

test('what is not well-formed is invalid, and no request is a subscription', () => {
  const guard = compileHttpGuard(one({ origins: ['http://a.test'] }));
  assert.equal(guard.judge(new Uint8Array(20)), STATUS.invalid);
  assert.equal(guard.judge(new Uint8Array()), STATUS.invalid);
  assert.equal(guard.isSubscription(encodeHttpRequest(requestTo('http://a.test/'))), false);
});

test('an origin that the decoder would have refused does not become a rule', () => {
  assert.throws(() => compileHttpGuard(one({ origins: ['http://a.test/path'] })), { code: 'GRANT_INVALID' });
});

test.run();
