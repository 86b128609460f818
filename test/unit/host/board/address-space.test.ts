import { addressBits, addressLimit, readAddressSpace } from '../../../../host/src/board/address-space.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('address space');

const maps = (...ranges: string[]): string =>
  ranges.map((range) => `${range} rw-p 00000000 00:00 0                          [stack]\n`).join('');

test('the stack, at the top of the addresses, shows how wide they are', () => {
  assert.equal(addressBits(maps('7f0000000000-7f0000001000', '7ffda342f000-7ffda3450000')), 47);
  assert.equal(addressBits(maps('7fb1c80000-7fb1c81000', '7ffc342000-7ffc363000')), 39);
  assert.equal(addressBits(maps('ffffe2ca6000-ffffe2cc7000')), 48);
  assert.equal(addressBits(maps('3ffffde000-4000000000')), 38);
});

test("what the kernel maps into its own half does not count, and without a memory map a 64-bit system's width is taken", () => {
  assert.equal(addressBits(maps('7ffda342f000-7ffda3450000', 'ffffffffff600000-ffffffffff601000')), 47);
  assert.equal(addressBits(''), 47);
});

test('the limit of the shell is read, and that there is none', () => {
  const limits = (soft: string) =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax address space         ${soft.padEnd(20)} unlimited            bytes     \n`;
  assert.equal(addressLimit(limits('549755813888')), 549_755_813_888);
  assert.equal(addressLimit(limits('unlimited')), undefined);
  assert.equal(addressLimit(''), undefined);
});

test('this process has at least the addresses of a small board', () => {
  const { bytes, bits } = readAddressSpace();
  assert.ok(bits >= 32 && bits <= 57, `${bits} bits`);
  assert.ok(bytes >= 2 ** 30 && bytes <= 2 ** bits, `${bytes} bytes`);
});

test.run();
