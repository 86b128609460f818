import fc from 'fast-check';
import { assert, suite } from '../../test/lib/suite.ts';
import { fixture, TARGETS } from './lib/fixture.ts';

const test = suite('sdk numbers', { timeoutMs: 120_000 });
const numbers = await fixture('numbers');

interface Numbers {
  parse(text: string): number;
  format(value: number): string;
}

function open(target: (typeof TARGETS)[number]): Numbers {
  const { exports } = numbers.open(target);
  const raw = exports as unknown as { parse(at: number): number; format(at: number, value: number): number };
  const at = exports.gatehouse_alloc(10_000);
  const memory = Buffer.from(exports.memory.buffer, at, 10_000);
  return {
    parse: (text) => {
      memory.write(`${text} `, 'latin1');
      return raw.parse(at);
    },
    format: (value) => {
      memory.fill(0x21, 0, 64);
      const length = raw.format(at, value);
      assert.equal(memory[length], 0x21, 'wrote more than it said');
      return memory.toString('latin1', 0, length);
    },
  };
}

/** Bits, so that zeros and their signs differ. */
const bits = (value: number): bigint => new BigUint64Array(new Float64Array([value]).buffer)[0]!;

function numberOf(low: number, high: number): number {
  return new Float64Array(new Uint32Array([low, high]).buffer)[0]!;
}

const anyBits = fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 0xffffffff }));

/** Decimal text of the middle between a number and the next greater one, exactly. */
function halfwayAbove(value: number): string {
  const field = Number((bits(value) >> 52n) & 0x7ffn);
  const fraction = bits(value) & 0xfffffffffffffn;
  const mantissa = ((field === 0 ? fraction : fraction | (1n << 52n)) << 1n) | 1n;
  const exponent = BigInt(Math.max(field, 1) - 1076);
  if (exponent >= 0n) return `${mantissa << exponent}`;
  // m / 2^k = m * 5^k / 10^k
  return `${mantissa * 5n ** -exponent}e${exponent}`;
}

for (const target of TARGETS) {
  const runs = target === 'release' ? 1 : 20;
  const { parse, format } = open(target);

  test(`${target}: reads hard cases as JavaScript reads them`, () => {
    const cases = [
      '0',
      '-0',
      '0.0',
      '0e10',
      '0e-999999999',
      '1',
      '-1',
      '1e22',
      '1e23',
      '9007199254740993',
      '9007199254740992.5',
      '1e308',
      '1.7976931348623157e308',
      '1.7976931348623158e308',
      '1.7976931348623159e308',
      '1e309',
      '-1e309',
      '1e99999999999',
      '5e-324',
      '4.9e-324',
      '3e-324',
      '2.5e-324',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      '2.4e-324',
      '1e-400',
      '1e-99999999999',
      '2.2250738585072014e-308',
      '2.2250738585072011e-308',
      '2.225073858507201e-308',
      '123456789012345678901234567890',
      '0.1',
      '0.3',
      '3.14159265358979323846264338327950288',
      '1.00000000000000011102230246251565404236316680908203125',
      '1.00000000000000011102230246251565404236316680908203124',
      '1.00000000000000011102230246251565404236316680908203126',
      `1${'0'.repeat(400)}`,
      `0.${'0'.repeat(400)}1`,
      `${'0'.repeat(1)}.${'9'.repeat(900)}`,
      `1${'0'.repeat(300)}e-300`,
      `0.${'0'.repeat(320)}1e321`,
      '8.442911973260991817129021e-309',
      '6929495644600919.5',
      '3.518437208883201171875e13',
      '62.5364939768271845828',
      '8.10109172351e-10',
      '1.50000000000000011102230246251565e0',
      '9007199254740991.4999999999999999999999999999999995',
      '9223372036854775807',
      '18446744073709551615',
      '18446744073709551616',
      '1e15',
      '123456e-25',
    ]; // Several are from "What Every Programmer..." style lists and from known bugs of PHP, Java and glibc.
    for (const text of cases) assert.equal(bits(parse(text)), bits(Number(text)), text);
  });

  test(`${target}: reads the middle between two numbers as the even one, and any digit above it as the upper`, () => {
    fc.assert(
      fc.property(anyBits, ([low, high]) => {
        const value = numberOf(low, high & 0x7fffffff);
        if (!Number.isFinite(value)) return;
        const middle = halfwayAbove(value);
        const [digits, exponent = '0'] = middle.split('e');
        for (const text of [
          middle,
          `${digits}${'0'.repeat(50)}1e${Number(exponent) - 51}`,
          `${BigInt(digits!) * 10n - 1n}e${Number(exponent) - 1}`,
        ]) {
          assert.equal(bits(parse(text)), bits(Number(text)), text);
        }
      }),
      { numRuns: 1000 / runs },
    );
  });

  test(`${target}: writes any number as JavaScript does, which is the shortest text that reads back`, () => {
    fc.assert(
      fc.property(anyBits, ([low, high]) => {
        const value = numberOf(low, high);
        if (!Number.isFinite(value)) return;
        assert.equal(format(value), Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e'));
        assert.equal(bits(parse(format(value))), bits(value));
      }),
      { numRuns: 10_000 / runs },
    );
  });

  test(`${target}: writes measured values in as many digits as they were given`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -99_999_999, max: 99_999_999 }),
        fc.integer({ min: 0, max: 12 }),
        (digits, decimals) => {
          const value = Number(`${digits}e-${decimals}`);
          assert.equal(format(value), Object.is(value, -0) ? '-0' : String(value));
          assert.equal(parse(format(value)), value);
        },
      ),
      { numRuns: 10_000 / runs },
    );
  });

  test(`${target}: writes powers of two and ten and their neighbours as JavaScript does`, () => {
    const powers = Array.from({ length: 2098 }, (_, index) => 2 ** (index - 1074)).filter(Number.isFinite);
    const tens = Array.from({ length: 632 }, (_, index) => Number(`1e${index - 323}`));
    for (const power of [...powers, ...tens]) {
      for (const offset of [-1n, 0n, 1n]) {
        const value = new Float64Array(new BigUint64Array([bits(power) + offset]).buffer)[0]!;
        if (!Number.isFinite(value)) continue;
        assert.equal(format(value), String(value).replace('e+', 'e'));
        assert.equal(parse(String(value).replace('e+', 'e')), value);
      }
    }
  });

  test(`${target}: reads any decimal text as JavaScript does`, () => {
    const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,30})(\.[0-9]{1,40})?(e[+-]?[0-9]{1,3})?$/);
    fc.assert(
      fc.property(digits, (text) => assert.equal(bits(parse(text)), bits(Number(text)), text)),
      { numRuns: 10_000 / runs },
    );
  });
}

test.run();
