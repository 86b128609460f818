import { readFileSync } from 'node:fs';
import {
  decodeRegister,
  encodeRegister,
  type RegisterFormat,
  registerCount,
} from '../../../../tools/simulators/pump/register-codec.ts';
import {
  INPUT_REGISTER_COUNT,
  LIMITS,
  MEASUREMENTS,
  SETPOINTS,
} from '../../../../tools/simulators/pump/register-map.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('pump registers');

/** Registers in hexadecimal, computed by hand from IEEE 754 and two's complement. */
const VECTORS: readonly [RegisterFormat, number, number, string][] = [
  ['u16', 64, 0.01, '1900'],
  ['u16', -3, 0.01, '0000'],
  ['u16', 700, 0.01, 'ffff'],
  ['s16', -12.5, 0.1, 'ff83'],
  ['s16', 61.2, 0.1, '0264'],
  ['s16', -4000, 0.1, '8000'],
  ['u32-high-first', 70_000, 1, '0001 1170'],
  ['f32-high-first', 1, 1, '3f80 0000'],
  ['f32-high-first', -118.625, 1, 'c2ed 4000'],
  ['f32-low-first', -118.625, 1, '4000 c2ed'],
];

for (const [format, value, scale, expected] of VECTORS) {
  test(`${value} in counts of ${scale} as ${format} is ${expected}`, () => {
    const registers = new Uint16Array(4);
    encodeRegister(registers, 1, format, value, scale);
    const words = [...registers.subarray(1, 1 + registerCount(format))];
    assert.equal(words.map((word) => word.toString(16).padStart(4, '0')).join(' '), expected);
    assert.equal(registers[0], 0);
    assert.equal(registers[1 + registerCount(format)], 0, 'leaves the neighbours alone');
  });
}

test('what is written is read back to half a count', () => {
  const registers = new Uint16Array(2);
  for (const { format, scale } of MEASUREMENTS) {
    for (const value of [0, 1, 17.34, 70]) {
      encodeRegister(registers, 0, format, value, scale);
      const allowed = format.startsWith('f32') ? 1e-5 : scale / 2 + 1e-9;
      assert.ok(Math.abs(decodeRegister(registers, 0, format, scale) - value) <= allowed, `${value} as ${format}`);
    }
  }
});

test('the map has no gap and no overlap, and limits have the scale of what they limit', () => {
  let next = 0;
  for (const { address, format } of MEASUREMENTS) {
    assert.equal(address, next);
    next += registerCount(format);
  }
  assert.equal(next, INPUT_REGISTER_COUNT);
  SETPOINTS.forEach(({ address }, index) => {
    assert.equal(address, index);
  });
  for (const { measurement, setpoint } of LIMITS) {
    const scale = MEASUREMENTS.find(({ name }) => name === measurement)?.scale;
    assert.equal(SETPOINTS.find(({ name }) => name === setpoint)?.scale, scale);
  }
});

test('the README shows every register with its address, scale and unit', () => {
  const readme = readFileSync(new URL('../../../../tools/simulators/pump/README.md', import.meta.url), 'utf8');
  for (const { name, address, format, scale, unit } of MEASUREMENTS) {
    const row = readme.split('\n').find((line) => line.includes(`| \`${name}\``)) ?? '';
    const cells = row.split('|').map((cell) => cell.trim());
    assert.equal(cells[1], registerCount(format) === 1 ? `${address}` : `${address}-${address + 1}`, name);
    assert.equal(cells[4], `${scale}`, name);
    assert.equal(cells[5], unit, name);
  }
  for (const { name, address, default: value, min, max } of SETPOINTS) {
    const row = readme.split('\n').find((line) => line.includes(`| \`${name}\``)) ?? '';
    const cells = row.split('|').map((cell) => cell.trim().replaceAll('*', ''));
    assert.deepEqual([cells[1], cells[4], cells[5]], [`${address}`, `${value}`, `${min} to ${max}`], name);
  }
});

test.run();
