import { GatehouseError } from '../../../../host/src/errors.ts';
import { ByteReader } from '../../../../host/src/sandbox/byte-reader.ts';
import { encodeU32 } from '../../../../host/src/sandbox/encode-u32.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('byte reader');

const readerOf = (...bytes: readonly number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

function refuses(action: () => unknown, details: Readonly<Record<string, unknown>>, code = 'WASM_MALFORMED'): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof GatehouseError, String(error));
    assert.equal(error.code, code);
    for (const [name, value] of Object.entries(details)) assert.equal(error.details[name], value, name);
    return true;
  });
}

test('[WASM-5.2.2] reads unsigned integers of every length', () => {
  for (const value of [
    0,
    1,
    127,
    128,
    16_383,
    16_384,
    2 ** 21 - 1,
    2 ** 21,
    2 ** 28 - 1,
    2 ** 28,
    2 ** 31,
    2 ** 32 - 1,
  ]) {
    const reader = readerOf(...encodeU32(value), 0xaa);
    assert.equal(reader.u32('a value'), value);
    assert.equal(reader.u8('the byte behind'), 0xaa);
  }
});

test('[WASM-5.2.2] takes an unsigned integer with redundant bytes up to five', () => {
  assert.equal(readerOf(0x80, 0x00).u32('a value'), 0);
  assert.equal(readerOf(0x85, 0x80, 0x80, 0x80, 0x00).u32('a value'), 5);
});

test('[WASM-5.2.2] refuses an unsigned integer that is too long or too large at its last byte', () => {
  refuses(() => readerOf(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).u32('a value'), { offset: 4, got: '0x80' });
  refuses(() => readerOf(0xff, 0xff, 0xff, 0xff, 0x1f).u32('a value'), { offset: 4, got: '0x1f' });
});

test('[WASM-5.2.2] reads signed integers of 33 bits', () => {
  const cases: readonly (readonly [number, readonly number[]])[] = [
    [0, [0x00]],
    [63, [0x3f]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [64, [0xc0, 0x00]],
    [-65, [0xbf, 0x7f]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
    [-(2 ** 32), [0x80, 0x80, 0x80, 0x80, 0x70]],
  ];
  for (const [value, bytes] of cases) assert.equal(readerOf(...bytes).s33('a value'), value);
});

test('[WASM-5.2.2] refuses a signed integer whose unused bits do not repeat the sign', () => {
  const bad = [
    [32, [0xff, 0xff, 0xff, 0xff, 0x0f], 4],
    [32, [0x80, 0x80, 0x80, 0x80, 0x70], 4],
    [32, [0x80, 0x80, 0x80, 0x80, 0x80, 0x00], 4],
    [33, [0xff, 0xff, 0xff, 0xff, 0x1f], 4],
    [33, [0x80, 0x80, 0x80, 0x80, 0x60], 4],
    [64, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e], 9],
    [64, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 9],
    [64, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], 9],
  ] as const;
  for (const [bits, bytes, offset] of bad) refuses(() => readerOf(...bytes).skipSigned(bits, 'a value'), { offset });
});

test('[WASM-5.2.2] steps over the longest signed integers', () => {
  const good = [
    [32, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [32, [0x80, 0x80, 0x80, 0x80, 0x78]],
    [64, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
    [64, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]],
  ] as const;
  for (const [bits, bytes] of good) {
    const reader = readerOf(...bytes);
    reader.skipSigned(bits, 'a value');
    assert.equal(reader.offset, bytes.length);
  }
});

test('refuses to read past the end it was given', () => {
  const reader = readerOf(1, 2, 3);
  reader.end = 1;
  assert.equal(reader.u8('a byte'), 1);
  refuses(() => reader.u8('a byte'), { offset: 1, expected: 'a byte', got: 'the end' });
  refuses(() => reader.skip(1, 'a constant'), { offset: 1 });
  refuses(() => readerOf(0x80).u32('a value'), { offset: 1, got: 'the end' });
});

test('refuses a count that the bytes left cannot hold, and one above the limit', () => {
  refuses(() => readerOf(...encodeU32(2 ** 32 - 1)).count('types', 3), { offset: 0 });
  const reader = new ByteReader(Uint8Array.from([...encodeU32(100_001), ...new Uint8Array(300_003)]));
  refuses(() => reader.count('types', 3), { offset: 0, limit: 'types', max: 100_000, got: 100_001 }, 'WASM_LIMIT');
});

test('[WASM-5.2.4] reads names in UTF-8 and refuses other bytes', () => {
  assert.equal(readerOf(4, 0xf0, 0x9f, 0x9a, 0xaa).name('a name'), '\u{1f6aa}');
  assert.equal(readerOf(3, 0xef, 0xbb, 0xbf).name('a name'), '\ufeff');
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    refuses(() => readerOf(bytes.length, ...bytes).name('a name'), { offset: 1, expected: 'a name in UTF-8' });
  }
});

test.run();
