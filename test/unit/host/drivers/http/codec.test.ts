import { readFileSync } from 'node:fs';
import { decodeAnswer, encodeAnswer, selectHeaders } from '../../../../../host/src/drivers/http/answer-codec.ts';
import type { HttpRequest } from '../../../../../host/src/drivers/http/request.ts';
import {
  decodeHttpRequest,
  encodeHttpRequest,
  HTTP_REQUEST_BYTES,
  isWellFormed,
} from '../../../../../host/src/drivers/http/request-codec.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { postTo, requestTo } from '../http-rig.ts';

const test = suite('payloads of http');
const vectors = JSON.parse(
  readFileSync(new URL('../../../../vectors/http/payloads.json', import.meta.url), 'utf8'),
) as {
  requests: { name: string; request: Omit<HttpRequest, 'body'> & { body: string }; payload: string }[];
  answers: { name: string; headers: [string, string][]; body: string; payload: string }[];
};
const bytesOf = (text: string) => new TextEncoder().encode(text);
const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

for (const { name, request, payload } of vectors.requests) {
  const expected = { ...request, body: bytesOf(request.body) };
  test(`${name} is encoded and decoded as the vector says`, () => {
    assert.deepEqual(decodeHttpRequest(fromHex(payload)), expected);
    assert.equal(Buffer.from(encodeHttpRequest(expected)).toString('hex'), payload);
  });

  test(`${name} is not well-formed when it is cut at any byte, or has one more`, () => {
    const whole = fromHex(payload);
    for (let length = 0; length < whole.length; length++)
      assert.equal(isWellFormed(whole.subarray(0, length)), false, String(length));
    assert.equal(isWellFormed(Uint8Array.from([...whole, 0])), false);
  });
}

for (const { name, headers, body, payload } of vectors.answers)
  test(`an answer with ${name} is encoded and decoded as the vector says, and at no shorter length`, () => {
    const whole = fromHex(payload);
    assert.equal(Buffer.from(encodeAnswer(headers, bytesOf(body))).toString('hex'), payload);
    assert.deepEqual(decodeAnswer(whole), { headers, body: bytesOf(body) });
    for (let length = 0; length < whole.length; length++)
      assert.equal(decodeAnswer(whole.subarray(0, length)), undefined);
  });

/** Whether a request with these parts is one. */
const takes = (parts: Partial<HttpRequest>, url = 'http://a.test/') =>
  isWellFormed(encodeHttpRequest(requestTo(url, parts)));

const HOSTS = [
  'a',
  'a.b',
  'localhost',
  'x-1.example',
  'xn--bcher-kva.example',
  '0.0.0.0',
  '255.255.255.255',
  '1a.b2',
  '[::1]',
  '[2001:db8::1]',
];
const NO_HOSTS = [
  ...[
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a',
    'a-',
    'a.-b',
    'A',
    'a_b',
    'a b',
    'a/b',
    'a:80',
    'a@b',
    'a%41',
    'bücher.example',
    'a\r',
    'a\0',
  ],
  ...[
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.04',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '1.2.3.0x4',
  ],
  ...[
    '0x',
    'a.0x',
    'a.1',
    '127.0.0.1.',
    '[]',
    '[',
    '[::1',
    '::1',
    '[::FFFF]',
    '[::1%lo]',
    '[::ffff:1.2.3.4]',
    '*',
    '*.a',
    'x'.repeat(64),
  ],
  `${'a.'.repeat(127)}a`,
];
const PATHS = [
  '/',
  '/a',
  '/a/',
  '//',
  '/a?',
  '/a?b=c&d',
  '/a%C3%A4',
  '/?/../%2e%2F%00',
  '/...',
  '/.a',
  '/a..',
  '/a.b',
  '/~!$&()*+,;=:@',
  '/a?b?c',
];
const NO_PATHS = [
  ...[
    '',
    'a',
    '?a',
    '/ ',
    '/\t',
    '/a\r\nb',
    '/\0',
    '/ä',
    '/a#b',
    '/\\a',
    '/a\\..\\b',
    '/%',
    '/%4',
    '/%zz',
    '/%4g',
    '/?%',
  ],
  ...['/.', '/..', '/./a', '/../a', '/a/..', '/a/.', '/a/../b', '/a/..?b', '/a/.;x/b', '/a/..;/b', '/..;'],
  ...['/%2e', '/%2E%2e/a', '/.%2e/a', '/a%2fb', '/a%2Fb', '/a%5cb', '/a%00', '/a%0d%0a', '/a%252e', '/a%7f'],
];

test('takes hosts in the one way of writing them', () => {
  for (const host of HOSTS) assert.equal(takes({ host }), true, host);
  assert.equal(takes({ host: `${'x'.repeat(63)}.${'a.'.repeat(94)}a` }), true, '253 bytes');
});

test('refuses every other host: other numbers for an address, user info, a dot at the end, Unicode', () => {
  for (const host of NO_HOSTS) assert.equal(takes({ host }), false, JSON.stringify(host));
});

test('takes paths whose segments every server sees alike, and any query', () => {
  for (const path of PATHS) assert.equal(takes({ path }), true, path);
});

test('refuses paths that some server may see as another: dot segments, telling escapes, backslashes, fragments', () => {
  for (const path of NO_PATHS) assert.equal(takes({ path }), false, JSON.stringify(path));
});

test('refuses headers that are not names in lower case with visible values, each once', () => {
  assert.equal(takes({ headers: [['a-b_1', 'x y~']] }), true);
  for (const name of ['', 'A', 'a b', 'a:', 'a\r\n', 'ä']) assert.equal(takes({ headers: [[name, 'x']] }), false, name);
  for (const value of ['', ' x', 'x ', 'a\r\nb: c', 'a\nb', 'a\tb', 'a\0', 'ä', '\x7f'])
    assert.equal(takes({ headers: [['a', value]] }), false, JSON.stringify(value));
  const twice = [['a', '1'] as const, ['b', '2'] as const, ['a', '3'] as const];
  assert.equal(takes({ headers: twice }), false);
});

test('refuses more than each limit of the layout, and takes as much', () => {
  const headers = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, n) => [`h${n}`, 'x'.repeat(bytes)] as const);
  assert.equal(takes({ headers: headers(16, 1) }), true);
  assert.equal(takes({ headers: headers(17, 1) }), false);
  assert.equal(takes({ headers: headers(1, 4_090) }), true);
  assert.equal(takes({ headers: headers(1, 4_091) }), false);
  assert.equal(takes({ path: `/${'a'.repeat(2_047)}` }), true);
  assert.equal(takes({ path: `/${'a'.repeat(2_048)}` }), false);
  const body = (bytes: number) => isWellFormed(encodeHttpRequest(postTo('http://a.test/', 'x'.repeat(bytes))));
  assert.equal(body(65_536), true);
  assert.equal(body(65_537), false);
  const largest = encodeHttpRequest({
    ...postTo('http://a.test/', 'x'.repeat(65_536)),
    ...{ host: `${'x'.repeat(63)}.${'a.'.repeat(94)}a`, path: `/${'a'.repeat(2_047)}`, headers: headers(1, 4_090) },
  });
  assert.equal(isWellFormed(largest), true);
  assert.equal(largest.length, HTTP_REQUEST_BYTES);
});

test('refuses a body of GET and HEAD, a port of 0, unknown methods and schemes, and bits that must be 0', () => {
  for (const method of ['GET', 'HEAD'] as const) assert.equal(takes({ method, body: Uint8Array.of(1) }), false);
  assert.equal(takes({ port: 0 }), false);
  for (const [at, value] of [
    [0, 0],
    [0, 7],
    [1, 0],
    [1, 3],
    [10, 1],
    [11, 1],
  ] as const) {
    const payload = encodeHttpRequest(requestTo('http://a.test/'));
    assert.equal(isWellFormed(payload), true);
    payload[at] = value;
    assert.equal(isWellFormed(payload), false, `${at}: ${value}`);
  }
});

test('an answer has only headers that were chosen, and none that is too long', () => {
  const chosen = selectHeaders({
    'content-type': 'a/b',
    'set-cookie': ['c'],
    location: 'x'.repeat(2_049),
    date: 'today',
    server: 's',
  });
  assert.deepEqual(chosen, [
    ['content-type', 'a/b'],
    ['date', 'today'],
  ]);
});

test.run();
