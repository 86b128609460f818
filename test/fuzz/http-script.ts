import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Act } from '../peers/scripted-server.ts';

/** Bytes that answers are made of, and some that have no place in them. */
const piece = fc.oneof(
  fc.constantFrom(...'\r\n \t:;,0129aZ-/\0\u007f\u00ff'),
  fc.constantFrom(
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    'HTTP/1.1 ',
    'chunked',
    'Content-Length',
    'Transfer-Encoding',
    'ffffffff',
  ),
);
const noise = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

/** Places that a redirect may lead to: the server itself, the gateway, its networks, metadata, and what is no place. */
const location = fc.oneof(
  fc.constantFrom('/', '/again', '//evil.test/', 'http://evil.test:80/', 'http://a.inside.test/', 'http://127.0.0.1/'),
  fc.constantFrom('http://169.254.169.254/latest', 'http://10.0.0.1', 'http://[::1]/', 'http://[::ffff:7f00:1]/'),
  fc.constantFrom('http://2130706433/', 'http://0177.1/', 'https://evil.test/', 'http://u:p@evil.test/', 'file:///x'),
  fc.constantFrom(
    'http://',
    '/%2e%2e/',
    '/../x',
    'javascript:1',
    '\\\\a.inside.test\\',
    'http://a.inside.test\r\nX: y',
  ),
  noise,
);
const length = fc.oneof(
  fc.nat(200),
  fc.constantFrom(-1, 0.5, 1e9, 2 ** 53, Number.NaN, '0x10', '+5', '1, 1', '', '1 2'),
);

const header = fc.oneof(
  location.map((to) => `Location: ${to}`),
  length.map((bytes) => `Content-Length: ${bytes}`),
  fc.constantFrom('Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: x'),
  fc.constantFrom(
    'Content-Encoding: gzip',
    'Connection: keep-alive',
    'Connection: Upgrade\r\nUpgrade: x',
    'Trailer: x',
  ),
  fc.constantFrom(
    'Content-Type: text/plain',
    `Date: ${'d'.repeat(3_000)}`,
    'Retry-After: \u00e4\u00ff',
    'Set-Cookie: a',
  ),
  noise.map((text) => `X-Noise: ${text}`),
  fc.tuple(noise, noise).map(([name, value]) => `${name}: ${value}`),
);
const status = fc.oneof(
  fc.constantFrom('200', '204', '301', '302', '303', '304', '307', '308', '404', '500'),
  fc.constantFrom('100', '101', '103', '199', '299', '999', '1000', '0', '-1', '2000', 'abc', ''),
);
const head = fc
  .tuple(
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2', 'ICY', ''),
    status,
    fc.array(header, { maxLength: 6 }),
  )
  .map(([version, code, headers]) => `${version} ${code} x\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`);

const chunk = fc
  .tuple(
    fc.oneof(
      fc.nat(40).map((size) => size.toString(16)),
      noise,
    ),
    noise,
  )
  .map(([size, text]) => `${size}\r\n${text}\r\n`);
const bomb = gzipSync(Buffer.alloc(20_000_000)).toString('latin1');
const body = fc.oneof(
  noise,
  fc.array(chunk, { maxLength: 5 }).map((chunks) => `${chunks.join('')}0\r\n\r\n`),
  fc.constantFrom('x'.repeat(5_000), bomb, ''),
);

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
/** An answer with nothing wrong but perhaps where it leads. */
const sound = fc
  .tuple(fc.constantFrom(200, 204, 302, 307, 404), location, fc.constantFrom('', 'ok', bomb), fc.boolean())
  .map(([code, to, text, isChunked]) => {
    const sent = code === 204 ? '' : text;
    const framing = isChunked && code !== 204 ? 'Transfer-Encoding: chunked' : `Content-Length: ${sent.length}`;
    const content = isChunked ? `${sent && `${sent.length.toString(16)}\r\n${sent}\r\n`}0\r\n\r\n` : sent;
    return `HTTP/1.1 ${code} x\r\nLocation: ${to}\r\n${framing}\r\n\r\n${code === 204 ? '' : content}`;
  });
const crooked = fc
  .tuple(fc.oneof({ weight: 9, arbitrary: head }, noise), body)
  .map(([first, second]) => first + second);
/** How much of it comes, in thousandths. */
const kept = fc.oneof({ weight: 3, arbitrary: fc.constant(1_000) }, fc.nat(1_000));

const end = fc.oneof(
  { weight: 100, arbitrary: fc.constant<readonly Act[]>([]) },
  fc.constant<readonly Act[]>([{ kind: 'reset' }]),
  fc.constant<readonly Act[]>([{ kind: 'hang' }]),
  fc
    .constantFrom('x', 'X-More: y\r\n', '1\r\nx\r\n', '\r\n', 'HTTP/1.1 100 Continue\r\n\r\n', '\0'.repeat(1_000))
    .map((text): readonly Act[] => [{ kind: 'endless', bytes: bytesOf(text) }]),
);

/** What an evil server may do with a connection: something like an answer, in pieces of any size, cut anywhere. */
export const httpScript: fc.Arbitrary<readonly Act[]> = fc
  .tuple(fc.oneof(sound, crooked), kept, fc.nat(1_000), fc.boolean(), end)
  .map(([text, thousandths, split, isDrip, last]) => {
    const bytes = bytesOf(text).subarray(0, (text.length * thousandths) / 1_000);
    const at = Math.floor((bytes.length * split) / 1_000);
    const kind = isDrip && at < 300 ? 'drip' : 'send';
    return [{ kind, bytes: bytes.subarray(0, at) }, { kind: 'send', bytes: bytes.subarray(at) }, ...last];
  });
