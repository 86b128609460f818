import fc from 'fast-check';
import { assert, suite } from '../../test/lib/suite.ts';
import { messageFrame } from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';
import type { ModuleUnderTest } from './lib/module-under-test.ts';

const test = suite('sdk JSON reading', { timeoutMs: 60_000 });
const [echo, reads] = await Promise.all([fixture('json-echo'), fixture('json-reads')]);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function answer(module: ModuleUnderTest, body: Uint8Array | string): Record<string, Json> {
  const text = module.commit(messageFrame({ body, isJson: true })).emitted[0]!.body.toString('utf8');
  return JSON.parse(text) as Record<string, Json>;
}

function reference(body: Uint8Array): { valid: boolean; value?: Json } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { valid: true, value: JSON.parse(text) as Json };
  } catch {
    return { valid: false };
  }
}

const VALID = [
  '0',
  '-0',
  '1',
  '-1',
  '10',
  '0.5',
  '-0.0',
  '1e5',
  '1E+5',
  '1e-5',
  '1.25e2',
  '123456789012345678901234567890',
  'true',
  'false',
  'null',
  '""',
  '"a"',
  '[]',
  '{}',
  '[[]]',
  '[{}]',
  '{"a":{}}',
  ' \t\r\n1 \t\r\n',
  '[1,2]',
  '[ 1 , 2 ]',
  '{"a":1,"b":2}',
  ' { "a" : 1 , "b" : [ ] } ',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\\u0041\\u00e9\\u20AC"',
  '"\\ud83d\\ude00"',
  '"é€😀"',
  '"\u007f"',
  '{"":0}',
  '{"a":1,"a":2}',
  '{"\\u0061":1}',
  '[null,true,false,"x",1.5]',
  '"\\\\"',
  '["\\"]"]',
  '{"}":"{"}',
];

const INVALID = [
  '',
  ' ',
  '01',
  '-',
  '+1',
  '.5',
  '1.',
  '1.e5',
  '1e',
  '1e+',
  '-a',
  '00',
  '0x1',
  'NaN',
  'Infinity',
  '-Infinity',
  'tru',
  'truex',
  'True',
  'nul',
  'fals',
  'nulll',
  '"',
  '"a',
  "'a'",
  '"\\x"',
  '"\\u12"',
  '"\\u12g4"',
  '"\\',
  '"a\nb"',
  '"\u0000"',
  '"\u001f"',
  '[',
  ']',
  '[1',
  '[1,',
  '[1,]',
  '[,1]',
  '[1 2]',
  '[1;2]',
  '{',
  '}',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,',
  '{"a":1,}',
  '{a:1}',
  '{1:1}',
  '{"a" 1}',
  '{"a":}',
  '{,}',
  '1 2',
  '[]]',
  '{}{}',
  '// c',
  '/**/1',
  '[1]x',
  '\u00a01',
  '\ufeff1',
  '1\u0000',
  '"a"\u0000',
  'n',
  't',
  'f',
  '[tru]',
  '{"a":nul}',
];

for (const target of TARGETS) {
  test(`[RFC8259-2] ${target}: accepts every text of the grammar and reads what JSON.parse reads`, () => {
    const module = echo.open(target);
    for (const text of VALID) {
      const result = answer(module, text);
      assert.deepEqual(result, { valid: true, value: JSON.parse(text) as Json }, text);
    }
  });

  test(`[RFC8259-2] ${target}: refuses what is not in the grammar`, () => {
    const module = echo.open(target);
    for (const text of INVALID) {
      assert.throws(() => JSON.parse(text), SyntaxError);
      assert.deepEqual(answer(module, text), { valid: false }, text);
    }
  });

  test(`[RFC8259-8.1] ${target}: refuses malformed UTF-8 inside strings`, () => {
    const module = echo.open(target);
    for (const hex of [
      '22ff22',
      '22c322',
      '22c32822',
      '22e28222',
      '22eda08022',
      '22f0808080 22',
      '22f490808022',
      '22c0af22',
      '228022',
      '22c3',
    ]) {
      assert.deepEqual(answer(module, Buffer.from(hex.replace(' ', ''), 'hex')), { valid: false }, hex);
    }
  });

  test(`${target}: reads 64 levels and refuses the 65th, however deep it goes`, () => {
    const module = echo.open(target);
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    assert.equal(answer(module, nested(60))['valid'], true);
    const wide = reads.open(target);
    assert.equal(answer(wide, nested(64))['kind'], 0);
    const request = (levels: number): string => `{"in":${nested(levels)},"path":[],"equals":""}`;
    assert.equal(answer(wide, request(63))['kind'], 5);
    assert.equal(answer(wide, request(64))['kind'], 0);
    assert.deepEqual(answer(module, nested(100_000)), { valid: false });
    assert.deepEqual(answer(module, '['.repeat(200_000)), { valid: false });
    assert.deepEqual(answer(module, '{"a":'.repeat(50_000)), { valid: false });
  });

  test(`${target}: a root number ends where the text ends, whatever lies behind it`, () => {
    const module = echo.open(target);
    assert.equal(answer(module, '1234567890123456')['value'], 1234567890123456);
    assert.equal(answer(module, '12345678')['value'], 12345678);
    assert.equal(answer(module, '1')['value'], 1);
  });

  test(`${target}: gives the default for what is missing or of another kind`, () => {
    const module = reads.open(target);
    const read = (value: Json, path: Json[] = [], equals = ''): Record<string, Json> =>
      answer(module, JSON.stringify({ in: value, path, equals }));
    const none = { f64: -1.5, i32: -2, i64: -3, bool: true, text: 'none', equals: false, length: 0 };
    const expectRead = (actual: Record<string, Json>, expected: Record<string, Json>): void => {
      for (const [name, value] of Object.entries({ ...none, ...expected })) assert.deepEqual(actual[name], value, name);
    };
    expectRead(read({}, ['a', 'b', 3, 'c']), { kind: 0, exists: false, raw: null });
    expectRead(read([1], [1]), { kind: 0 });
    expectRead(read([1], [-1]), { kind: 0 });
    expectRead(read([1, 2], [1]), { kind: 3, f64: 2, i32: 2, i64: 2 });
    expectRead(read([], [0]), { kind: 0 });
    expectRead(read('x', [0]), { kind: 0 });
    expectRead(read('x', ['x']), { kind: 0 });
    expectRead(read(null), { kind: 1, isNull: true });
    expectRead(read(false), { kind: 2, bool: false });
    expectRead(read(12), { kind: 3, f64: 12, i32: 12, i64: 12, isNumber: true });
    expectRead(read(1.5), { kind: 3, f64: 1.5 });
    expectRead(read(2147483648), { f64: 2147483648, i64: 2147483648, kind: 3 });
    expectRead(read(-2147483648), { f64: -2147483648, i64: -2147483648, i32: -2147483648 });
    expectRead(read(2 ** 53), { f64: 2 ** 53, kind: 3 });
    expectRead(read(2 ** 53 - 1), { f64: 2 ** 53 - 1, i64: 2 ** 53 - 1 });
    expectRead(read(1e300), { f64: 1e300 });
    expectRead(read('é"', [], 'é"'), { kind: 4, text: 'é"', equals: true, isString: true });
    expectRead(read('é', [], 'e'), { text: 'é' });
    expectRead(read('😀', [], '😀'), { text: '😀', equals: true });
    expectRead(read('😀', [], '\ud83d'), { text: '😀' });
    expectRead(read('ab', [], 'a'), { text: 'ab' });
    expectRead(read('a', [], 'ab'), { text: 'a' });
    expectRead(read([1, [2, 3], {}]), { kind: 5, length: 3, raws: [1, [2, 3], {}], isArray: true });
    expectRead(read({ a: { b: [1, { c: 7 }] }, skipped: 0 }, ['a', 'b', 1, 'c']), { f64: 7, i32: 7, i64: 7 });
    expectRead(read({ a: 1, skipped: 2, 'ä\n': 3 }), { kind: 6, length: 3, keys: ['a', 'ä\n'], isObject: true });
  });

  test(`${target}: the last of several members of one name counts, also when it is written with escapes`, () => {
    const module = reads.open(target);
    assert.equal(answer(module, '{"in":{"a":1,"\\u0061":2,"b":3},"path":["a"]}')['f64'], 2);
    assert.equal(answer(module, '{"in":{"😀":1,"\\ud83d\\ude00":4},"path":["😀"]}')['f64'], 4);
    assert.equal(answer(module, '{"in":{"\\ud83d":5},"path":["😀"]}')['exists'], false);
  });
}

test('[property] any value reads as JSON.parse reads it, with any white space', () => {
  const module = echo.open('release');
  const spaced = fc.tuple(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t', ' \r\n'));
  fc.assert(
    fc.property(spaced, ([value, space]) => {
      const text = JSON.stringify(value, undefined, space as never);
      assert.deepEqual(answer(module, text), { valid: true, value: JSON.parse(text) as Json });
    }),
    { numRuns: 2000 },
  );
});

test('[property] a text with any byte changed, cut or added is accepted exactly when JSON.parse accepts it', () => {
  const module = echo.open('release');
  const change = fc.record({
    value: fc.jsonValue({ maxDepth: 4 }),
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\u0eE+-. truefalsn'))),
    how: fc.constantFrom('replace', 'remove', 'insert', 'cut'),
  });
  fc.assert(
    fc.property(change, ({ value, at, byte, how }) => {
      const body = [...Buffer.from(JSON.stringify(value))];
      const place = at % body.length;
      if (how === 'replace') body[place] = byte;
      else if (how === 'remove') body.splice(place, 1);
      else if (how === 'insert') body.splice(place, 0, byte);
      else body.length = place;
      const expected = reference(Buffer.from(body));
      const actual = answer(module, Buffer.from(body));
      assert.equal(actual['valid'], expected.valid, Buffer.from(body).toString('latin1'));
      if (expected.valid && isFiniteJson(expected.value!))
        assert.deepEqual(clean(actual['value']!), clean(expected.value!));
    }),
    { numRuns: 10_000 },
  );
});

/** JSON.parse reads 1e999 as infinity, which the echo has to write as null. */
function isFiniteJson(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isFiniteJson);
}

/** As JSON text, where lone surrogates are escaped; they leave the module as U+FFFD. */
function clean(value: Json): string {
  return JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd');
}

test.run();
