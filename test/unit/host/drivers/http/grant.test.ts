import { httpGrant } from '../../../../../host/src/drivers/http/grant-shape.ts';
import { parseOrigin } from '../../../../../host/src/drivers/http/origin-text.ts';
import { decodeFile } from '../../../../../host/src/json/index.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('grants of http');
const LEAST = { origins: ['https://a.test'], methods: ['POST'] };

function decode(grant: object) {
  const { value, log } = decodeFile(JSON.stringify(grant), 'f', httpGrant, 'GRANT_INVALID');
  return { value, said: log.problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`) };
}

test('a grant has defaults that reach nothing private and follow nothing', () => {
  assert.deepEqual(decode(LEAST), {
    value: {
      ...LEAST,
      ...{ paths: ['/'], headers: {}, requestHeaders: [], allowPrivate: false },
      ...{ requestBytes: 16_384, answerBytes: 65_536, timeoutMs: 10_000, redirects: 0 },
    },
    said: [],
  });
});

test('names of headers are taken in any case and kept in lower case', () => {
  const { value, said } = decode({ ...LEAST, headers: { Authorization: { secret: 's' } }, requestHeaders: ['X-Key'] });
  assert.deepEqual(said, []);
  assert.deepEqual([value?.headers, value?.requestHeaders], [{ authorization: { secret: 's' } }, ['x-key']]);
});

test('a secret that stands there itself is refused and not repeated', () => {
  for (const value of ['hush hush', 4711, { secret: 'hush hush' }, { value: 'hush' }]) {
    const said = decode({ ...LEAST, headers: { Authorization: value } }).said.join();
    assert.match(said, /^error headers\.authorization/i);
    assert.ok(!/hush|4711/.test(said), said);
  }
  assert.match(
    decode({ ...LEAST, headers: { Authorization: 'hush' } }).said.join(),
    /names a secret of gateway\.json, such as \{"secret": "NAME"\}, got a text/,
  );
});

test('an origin is taken in the one way in which it is compared', () => {
  for (const text of [
    'http://a',
    'https://a.b:8443',
    'https://*.example.org',
    'http://192.0.2.1:1',
    'http://[2001:db8::1]:80',
    'https://a:65535',
  ])
    assert.ok(parseOrigin(text) !== undefined, text);
  assert.deepEqual(parseOrigin('https://a.test:443'), parseOrigin('https://a.test'));
});

test('everything else is no origin', () => {
  for (const text of [
    ...[
      '',
      'a.test',
      '//a.test',
      'ftp://a.test',
      'HTTPS://a.test',
      'https://',
      'https://A.test',
      'https://a.test/',
      'https://a.test/x',
      'https://a.test?x',
    ],
    ...[
      'https://u@a.test',
      'https://a.test:',
      'https://a.test:0',
      'https://a.test:080',
      'https://a.test:65536',
      'https://a.test.',
      'https://bücher.test',
    ],
    ...[
      'https://*',
      'https://*.',
      'https://*.com',
      'https://*.1.2.3.4',
      'https://*.[::1]',
      'https://a.*.test',
      'https://**.a.test',
      'https://*a.test',
    ],
    ...[
      'http://127.1',
      'http://0x7f.0.0.1',
      'http://2130706433',
      'http://[::ffff:127.0.0.1]',
      'http://[0:0::1]',
      'http://[::0001]',
      'http://[::1',
      'http://::1',
    ],
    ...['http://[1:2]', 'https://a test', 'https://a.test\n', ' https://a.test'],
  ])
    assert.equal(parseOrigin(text), undefined, JSON.stringify(text));
});

test('what is wrong is said with its place', () => {
  for (const [grant, said] of [
    [{ methods: ['POST'] }, 'origins: "origins" is missing; expected a list of origins'],
    [{ ...LEAST, origins: [] }, 'origins: expected a list of origins with at least 1, got an empty list'],
    [
      { ...LEAST, origins: ['https://a.test/x'] },
      'origins[0]: expected an origin such as "https://hooks.example.com" or',
    ],
    [{ ...LEAST, origins: ['https://*.com'] }, 'origins[0]: expected an origin as it is compared'],
    [{ ...LEAST, methods: ['TRACE'] }, 'methods[0]: expected one of "GET", "HEAD"'],
    [{ ...LEAST, paths: ['/a/../b'] }, 'paths[0]: expected a path without "." and ".."'],
    [{ ...LEAST, paths: ['/a?b'] }, 'paths[0]: expected a path such as "/alarm"'],
    [{ ...LEAST, answerBytes: 196_609 }, 'answerBytes: expected a whole number of bytes from 0 to 196608'],
    [{ ...LEAST, requestBytes: 65_537 }, 'requestBytes: expected a whole number of bytes from 0 to 65536'],
    [{ ...LEAST, timeoutMs: 60_001 }, 'timeoutMs: expected a whole number of milliseconds from 1 to 60000'],
    [{ ...LEAST, redirects: 6 }, 'redirects: expected a whole number from 0 to 5'],
    [{ ...LEAST, headers: { 'a b': { secret: 's' } } }, 'headers["a b"]: expected the name of a header'],
    [{ ...LEAST, headers: { Host: { secret: 's' } } }, 'headers: the header "host" is made by the host'],
    [{ ...LEAST, requestHeaders: ['Proxy-Authorization'] }, 'requestHeaders: the header "proxy-authorization" is made'],
    [{ ...LEAST, headers: { accept: { secret: 's' } } }, 'headers: the header "accept" is one that the module sets'],
    [
      { ...LEAST, headers: { 'X-A': { secret: 's' } }, requestHeaders: ['x-a'] },
      'headers: the header "x-a" is one that',
    ],
    [
      { ...LEAST, headers: { A: { secret: 's' }, a: { secret: 't' } } },
      'headers: two of the headers differ only in case',
    ],
    [{ ...LEAST, headers: { a: { secret: 's', prefix: 'x\r\ny: z' } } }, 'headers.a.prefix: expected visible ASCII'],
    [
      { ...LEAST, origins: ['http://127.0.0.1:80'] },
      'origins[0]: "http://127.0.0.1:80" is not a public address; it needs',
    ],
    [
      { ...LEAST, origins: ['https://a.test', 'http://[fd00::1]'] },
      'origins[1]: "http://[fd00::1]" is not a public address',
    ],
  ] as const) {
    const result = decode(grant);
    assert.equal(result.value, undefined);
    assert.ok(result.said.length === 1 && result.said[0]!.startsWith(`error ${said}`), JSON.stringify(result.said));
  }
});

test('secrets that travel unencrypted are warned of, but for the gateway itself', () => {
  const headers = { token: { secret: 's' } };
  assert.match(
    decode({ ...LEAST, origins: ['http://a.test'], headers }).said.join(),
    /^warning : headers with secrets travel/,
  );
  assert.deepEqual(decode({ ...LEAST, origins: ['http://127.0.0.1'], allowPrivate: true, headers }).said, []);
});

test.run();
