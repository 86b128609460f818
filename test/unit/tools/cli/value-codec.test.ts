import fc from 'fast-check';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { decodeValue, encodeValue, valueText } from '../../../../tools/src/cli/modbus/value-codec.ts';
import { type FormatValues, readFormat, WORDS } from '../../../../tools/src/cli/modbus/value-format.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('values of gatehouse modbus');

const shown = (words: readonly number[], options: FormatValues): string => {
  const format = readFormat(options);
  return valueText(decodeValue(words, format), format);
};
const words = (text: string, options: FormatValues): number[] => encodeValue(text, readFormat(options));

function refuses(work: () => unknown, pattern: RegExp): void {
  assert.throws(
    work,
    (error) => error instanceof GatehouseError && error.code === 'CLI_USAGE' && pattern.test(error.message),
  );
}

test('reads the example of modbus-translate as that does', () => {
  assert.equal(shown([7103], { scale: '0.01' }), '71.03');
  assert.equal(shown([65533], { type: 'i16', scale: '0.1' }), '-0.3');
  assert.equal(shown([16850, 26214], { type: 'f32', decimals: '2' }), '26.30');
  assert.equal(shown([16850, 26214], { type: 'f32' }), '26.3');
});

test('knows every word order, of two words and of four, and of one only the swap of bytes', () => {
  const value = 0x01020304;
  const orders = { ABCD: [0x0102, 0x0304], CDAB: [0x0304, 0x0102], BADC: [0x0201, 0x0403], DCBA: [0x0403, 0x0201] };
  for (const [order, registers] of Object.entries(orders)) {
    const options = { type: 'u32', 'word-order': order };
    assert.equal(decodeValue(registers, readFormat(options)), value, order);
    assert.deepEqual(words('0x01020304', options), registers, order);
  }
  assert.equal(shown([0x0102], { 'word-order': 'CDAB' }), '258');
  assert.equal(shown([0x0102], { 'word-order': 'DCBA' }), '513');
  assert.deepEqual(
    words('0x0102030405060708', { type: 'u64', 'word-order': 'little' }),
    [0x0708, 0x0506, 0x0304, 0x0102],
  );
  assert.equal(decodeValue([0xffff, 0xffff, 0xffff, 0xfffe], readFormat({ type: 'i64' })), -2);
});

test('reads bits of a word', () => {
  assert.deepEqual([shown([0], { type: 'bool' }), shown([0x8000], { type: 'bool' })], ['0', '1']);
  assert.deepEqual(
    [shown([0x8000], { type: 'bool', bit: '15' }), shown([0x8000], { type: 'bool', bit: '14' })],
    ['1', '0'],
  );
});

test('what is written reads back as the same, for every type, order and scale', () => {
  const types = (Object.keys(WORDS) as (keyof typeof WORDS)[]).filter((type) => type !== 'bool');
  const cases = fc.record({
    type: fc.constantFrom(...types),
    order: fc.constantFrom('ABCD', 'CDAB', 'BADC', 'DCBA'),
    scale: fc.constantFrom('1', '0.1', '0.01', '5', '-2'),
    offset: fc.constantFrom('0', '-40', '1.5'),
    registers: fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(cases, ({ type, order, scale, offset, registers }) => {
      const isFloat = type === 'f32' || type === 'f64';
      const plain = isFloat ? { type, 'word-order': order } : { type, 'word-order': order, scale, offset };
      const format = readFormat(plain);
      const own = registers.slice(0, WORDS[type]);
      const value = decodeValue(own, format);
      // Beyond 2^53 a JavaScript number has lost digits, and NaN is not written.
      if (!Number.isFinite(value) || Math.abs(value) > 2 ** 46) return;
      const back = encodeValue(valueText(value, format), format);
      assert.equal(decodeValue(back, format), value);
      if (!isFloat) assert.deepEqual(back, own);
    }),
  );
});

test('refuses what does not fit, and never rounds', () => {
  refuses(() => words('65536', {}), /65536 does not fit u16/);
  refuses(() => words('-1', {}), /-1 does not fit u16/);
  refuses(() => words('32768', { type: 'i16' }), /does not fit i16/);
  refuses(() => words('18446744073709551616', { type: 'u64' }), /does not fit u64/);
  refuses(() => words('1.5', {}), /whole number, got "1.5"/);
  refuses(() => words('0.25', { scale: '0.1' }), /between two raw values, 2 and 3/);
  refuses(() => words('7000', { scale: '0.1' }), /raw value would be 70000/);
  refuses(() => words('1e39', { type: 'f32' }), /too large for f32/);
  for (const text of ['', ' ', 'on', 'NaN', 'Infinity', '1e']) {
    refuses(() => words(text, { type: 'f32' }), /is a number, not/);
    refuses(() => words(text, {}), /whole number/);
  }
  assert.deepEqual(words('18446744073709551615', { type: 'u64' }), [65_535, 65_535, 65_535, 65_535]);
  assert.deepEqual(words('-9223372036854775808', { type: 'i64' }), [0x8000, 0, 0, 0]);
  assert.deepEqual(words('71.5', { scale: '0.1' }), [715]);
});

test('refuses formats that do not exist or do not go together', () => {
  refuses(() => readFormat({ type: 'float' }), /--type is one of u16, i16, bool.*not "float"/);
  refuses(() => readFormat({ type: 'toString' }), /--type is one of/);
  refuses(() => readFormat({ 'word-order': 'abcd' }), /--word-order is one of/);
  refuses(() => readFormat({ scale: '0' }), /--scale is a number other than 0/);
  refuses(() => readFormat({ bit: '3' }), /--bit goes with --type bool/);
  refuses(() => readFormat({ type: 'bool', bit: '16' }), /--bit takes a whole number from 0 to 15/);
  refuses(() => readFormat({ type: 'bool', scale: '2' }), /a bool has no --scale/);
  refuses(() => readFormat({ decimals: '10' }), /--decimals takes a whole number from 0 to 9/);
});

test.run();
