import { decodeRouteBody } from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('decode route body');
const JSON_TYPE = 'application/json';
const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
const utf32 = (text: string) =>
  new Uint8Array(Uint32Array.from([...text], (character) => character.codePointAt(0)!).buffer);

test('JSON in the three encodings is read', () => {
  const text = '{"place":"Köln \u{1f600}"}';
  const value = { place: 'Köln \u{1f600}' };
  assert.deepEqual(decodeRouteBody(utf8(text), JSON_TYPE, 'utf-8'), value);
  assert.deepEqual(decodeRouteBody(utf16(text), JSON_TYPE, 'utf-16'), value);
  assert.deepEqual(decodeRouteBody(utf32(text), JSON_TYPE, 'utf-32'), value);
});

test('type and encoding are compared without case, and both are needed', () => {
  assert.deepEqual(decodeRouteBody(utf8('{}'), 'Application/JSON', 'UTF-8'), {});
  for (const [type, encoding] of [
    [undefined, 'utf-8'],
    [JSON_TYPE, undefined],
    ['text/plain', 'utf-8'],
    [JSON_TYPE, 'latin1'],
    [JSON_TYPE, 'constructor'],
  ] as const) {
    assert.equal(decodeRouteBody(utf8('{}'), type, encoding), undefined);
  }
});

test('bytes that are not what they are said to be are undefined', () => {
  for (const [bytes, encoding] of [
    [utf8('{"a":'), 'utf-8'],
    [utf8(''), 'utf-8'],
    [Uint8Array.of(0x22, 0xff, 0x22), 'utf-8'],
    [Uint8Array.of(0x7b), 'utf-16'],
    [utf8('{}x'), 'utf-32'],
    [Uint8Array.of(0, 0, 0x11, 0), 'utf-32'],
    [utf16('{}'), 'utf-8'],
  ] as const) {
    assert.equal(decodeRouteBody(bytes, JSON_TYPE, encoding), undefined);
  }
});

test('a byte order mark is skipped', () => {
  assert.deepEqual(decodeRouteBody(utf8('\ufeff{}'), JSON_TYPE, 'utf-8'), {});
  assert.deepEqual(decodeRouteBody(utf16('\ufeff{}'), JSON_TYPE, 'utf-16'), {});
  assert.deepEqual(decodeRouteBody(utf32('\ufeff{}'), JSON_TYPE, 'utf-32'), {});
});

test('a body in the middle of a larger buffer is read', () => {
  const bytes = Uint8Array.of(1, 2, 3, ...utf32('{"a":1}'), 9);
  assert.deepEqual(decodeRouteBody(bytes.subarray(3, bytes.length - 1), JSON_TYPE, 'utf-32'), { a: 1 });
});

test('lists nested 100,000 levels deep do not throw', () => {
  assert.doesNotThrow(() => decodeRouteBody(utf8('['.repeat(100_000)), JSON_TYPE, 'utf-8'));
  assert.doesNotThrow(() => decodeRouteBody(utf8('['.repeat(100_000) + ']'.repeat(100_000)), JSON_TYPE, 'utf-8'));
});

test.run();
