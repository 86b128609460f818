import { inspectModule } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import {
  body,
  customSectionOf,
  END,
  FUNCREF,
  functionType,
  I32,
  leb,
  moduleOf,
  moduleWithCode,
  nameOf,
  PREAMBLE,
  section,
  vec,
} from './build-wasm.ts';
import { refuses } from './refuses.ts';

const test = suite('module structure');

const TYPE = section(1, vec(functionType([], [])));
const FUNCTION = section(3, vec([0]));
const CODE = section(10, vec(body()));
const MEMORY = section(5, vec([0, 1]));

const malformed = (bytes: Uint8Array, details: Readonly<Record<string, unknown>>): void =>
  refuses(() => inspectModule(bytes), 'WASM_MALFORMED', details);

test('[WASM-5.5.16] refuses what does not begin as a module', () => {
  malformed(Uint8Array.of(), { offset: 0, got: 'the end' });
  malformed(Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0), { offset: 3, got: '0x6e' });
  malformed(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), { offset: 4, expected: 'version 1', got: '0x02' });
  malformed(Uint8Array.of(0, 0x61, 0x73), { offset: 3, got: 'the end' });
});

test('[WASM-5.5.2] refuses sections out of order, twice and unknown', () => {
  malformed(moduleOf(FUNCTION, TYPE), { expected: 'one of 0 types' });
  malformed(moduleOf(TYPE, MEMORY, FUNCTION, CODE), { expected: 'the function section earlier' });
  malformed(moduleOf(TYPE, TYPE), { offset: 8 + TYPE.length, expected: 'one type section' });
  malformed(moduleOf(TYPE, customSectionOf('between'), TYPE), { got: 'a second one' });
  malformed(moduleOf(TYPE, section(15, [])), { offset: 8 + TYPE.length, got: '0x0f' });
  malformed(moduleOf(section(11, vec()), section(12, [0])), { expected: 'the data count section earlier' });
});

test('[WASM-5.5.2] refuses a section that is longer than the module or than its content', () => {
  malformed(moduleOf([1, 5, 0]), { offset: 9, got: '5 bytes' });
  malformed(moduleOf(section(1, [...vec(functionType([], [])), 0])), { expected: 'the end of the section' });
  malformed(moduleOf(section(8, [])), { got: 'the end' });
  malformed(Uint8Array.of(...PREAMBLE, 1), { offset: 9, expected: 'the size of a section' });
});

test('refuses counts of two sections that do not agree', () => {
  malformed(moduleOf(TYPE, FUNCTION), { expected: '1 function bodies', got: '0' });
  malformed(moduleOf(TYPE, CODE), { expected: '0 function bodies', got: '1' });
  malformed(moduleOf(MEMORY, section(12, [1])), { expected: '1 data segments', got: '0' });
  malformed(moduleOf(TYPE, FUNCTION, MEMORY, section(10, vec(body(0xfc, 0x09, 0)))), {
    expected: 'a data count section before',
  });
});

test('refuses a body that does not end where its size says', () => {
  const withBody = (...code: readonly number[]): Uint8Array => moduleOf(TYPE, FUNCTION, section(10, vec(code)));
  malformed(withBody(3, 0, END, END), { expected: 'the end of the function' });
  malformed(withBody(2, 0, 0x01), { got: 'the end' });
  malformed(withBody(4, 0, 0x02, 0x40, END), { got: 'the end' });
  malformed(withBody(9, 0, END), { expected: '9 bytes of a function body' });
  malformed(withBody(1, 0), { got: 'the end' });
});

test('refuses indices of types, functions and exports that do not exist', () => {
  malformed(moduleOf(TYPE, section(3, vec([1]))), { got: 'index 1' });
  malformed(moduleOf(section(8, [0])), { expected: 'one of 0 functions' });
  malformed(moduleOf(section(7, vec([...nameOf('f'), 0, 0]))), { expected: 'an index below 0' });
  malformed(moduleOf(section(7, vec([...nameOf('f'), 5, 0]))), { got: '0x05' });
  malformed(moduleOf(MEMORY, section(7, vec([...nameOf('m'), 2, 0], [...nameOf('m'), 2, 0]))), {
    expected: 'a name not exported yet',
  });
});

test('refuses limits whose maximum is below the initial size, and more than 4 GiB of memory', () => {
  malformed(moduleOf(section(5, vec([1, 2, 1]))), { expected: 'a maximum of at least 2 pages' });
  malformed(moduleOf(section(5, vec([0, ...leb(65_537)]))), { got: '65537' });
  malformed(moduleOf(section(4, vec([FUNCREF, 1, 2, 1]))), { got: '1' });
});

test('names the feature of every structure of other proposals at its offset', () => {
  const importedMemory = section(2, vec([...nameOf('m'), ...nameOf('memory'), 2, 0, 1]));
  const withMemoryIndex = moduleWithCode(0x41, 0, 0x28, 0x42, 0, 0, 0x1a);
  const cases: readonly (readonly [feature: string, bytes: Uint8Array, offset: number])[] = [
    ['component-model', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), 4],
    ['exceptions', moduleOf(section(13, vec([0, 0]))), 8],
    ['exceptions', moduleOf(section(2, vec([...nameOf('m'), ...nameOf('t'), 4, 0, 0]))), 15],
    ['stringref', moduleOf(section(14, vec())), 8],
    ['gc', moduleOf(section(1, vec([0x5f, 0, 0]))), 11],
    ['gc', moduleOf(section(1, vec([0x5e, I32, 0]))), 11],
    ['gc', moduleOf(section(1, vec([0x4e, 0, 0]))), 11],
    ['gc', moduleOf(section(1, vec([0x60, ...vec([0x6e]), 0]))), 13],
    ['stack-switching', moduleOf(section(1, vec([0x5d, 0, 0]))), 11],
    ['function-references', moduleOf(section(1, vec([0x60, ...vec([0x64, 0x70]), 0]))), 13],
    ['function-references', moduleOf(section(4, vec([0x40, 0, FUNCREF, 0, 1, 0xd0, FUNCREF, END]))), 11],
    ['exceptions', moduleOf(section(1, vec([0x60, ...vec([0x69]), 0]))), 13],
    ['threads', moduleOf(section(5, vec([3, 1, 1]))), 11],
    ['memory64', moduleOf(section(5, vec([4, 1]))), 11],
    ['memory64', moduleOf(section(4, vec([FUNCREF, 4, 1]))), 12],
    ['custom-page-sizes', moduleOf(section(5, vec([8, 1, 0]))), 11],
    ['multi-memory', moduleOf(section(5, vec([0, 1], [0, 1]))), 10],
    ['multi-memory', moduleOf(importedMemory, MEMORY), 8 + importedMemory.length + 3],
    ['multi-memory', moduleOf(section(11, vec([2, 1, 0x41, 0, END, 0]))), 12],
    ['multi-memory', withMemoryIndex, Buffer.from(withMemoryIndex).indexOf(0x42)],
    ['threads', moduleOf(section(6, vec([I32, 2, 0x41, 0, END]))), 12],
    ['extended-const', moduleOf(section(6, vec([I32, 0, 0x41, 0, 0x41, 0, 0x6a, END]))), 17],
    ['extended-const', moduleOf(section(6, vec([I32, 0, 0x41, 0, END], [I32, 0, 0x23, 0, END]))), 18],
  ];
  for (const [feature, bytes, offset] of cases) {
    refuses(() => inspectModule(bytes), 'WASM_UNSUPPORTED', { feature, offset });
  }
});

test('refuses a count far above the bytes without allocating for it', () => {
  const announced = leb(0xffff_fff0);
  const bombs: readonly (readonly [id: number, content: readonly number[]])[] = [
    ...[1, 2, 3, 4, 6, 7, 9, 10, 11].map((id) => [id, announced] as const),
    [1, [1, 0x60, ...announced]],
    [1, [1, 0x60, 0, ...announced]],
    [0, announced],
    [9, [1, 0, 0x41, 0, END, ...announced]],
    [11, [1, 1, ...announced]],
  ];
  const before = process.memoryUsage().heapUsed;
  for (const [id, content] of bombs) malformed(moduleOf(section(id, content)), {});
  for (const code of [
    [0x0e, ...announced],
    [0x1c, ...announced],
  ])
    malformed(moduleWithCode(...code), {});
  assert.ok(process.memoryUsage().heapUsed - before < 16 * 2 ** 20);
});

test('refuses more locals than the limit, however they are grouped', () => {
  const withLocals = (...groups: readonly (readonly number[])[]): Uint8Array => {
    const content = [...vec(...groups), END];
    return moduleOf(TYPE, FUNCTION, section(10, vec([...leb(content.length), ...content])));
  };
  inspectModule(withLocals([...leb(49_000), I32]));
  refuses(() => inspectModule(withLocals([...leb(49_001), I32])), 'WASM_LIMIT', { limit: 'locals', got: 49_001 });
  refuses(() => inspectModule(withLocals([...leb(40_000), I32], [...leb(0xffff_ffff), I32])), 'WASM_LIMIT', {
    max: 49_000,
  });
});

test('refuses more tables, custom sections and name bytes than the limit', () => {
  const tables = Array.from({ length: 65 }, () => [FUNCREF, 0, 0]);
  inspectModule(moduleOf(section(4, vec(...tables.slice(1)))));
  refuses(() => inspectModule(moduleOf(section(4, vec(...tables)))), 'WASM_LIMIT', { limit: 'tables', got: 65 });
  const custom = Array.from({ length: 1001 }, () => customSectionOf('c'));
  inspectModule(moduleOf(...custom.slice(1)));
  refuses(() => inspectModule(moduleOf(...custom)), 'WASM_LIMIT', { limit: 'customSections' });
  refuses(() => inspectModule(moduleOf(customSectionOf('n'.repeat(100_001)))), 'WASM_LIMIT', { limit: 'nameBytes' });
});

test('refuses types that have more parameters and results together than the limit', () => {
  const type = functionType(new Array<number>(900).fill(I32), []);
  const types = (count: number): Uint8Array => moduleOf(section(1, vec(...Array.from({ length: count }, () => type))));
  inspectModule(types(111));
  refuses(() => inspectModule(types(112)), 'WASM_LIMIT', { limit: 'typeValues', got: 100_800 });
});

test.run();
