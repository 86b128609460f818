import {
  customSectionOf,
  END,
  FUNCREF,
  functionType,
  I32,
  leb,
  moduleOf,
  nameOf,
  PREAMBLE,
  section,
} from '../../unit/host/sandbox/build-wasm.ts';
import { abiBinary, bodyWith, sectionOf, VOID_TYPE } from './abi-binary.ts';
import type { Attack, Refused } from './attack.ts';
import { IN_VAIN, OUT_OF_STACK } from './outcomes.ts';

const CALL_SELF = [0x10, 4];
const I64 = 0x7e;
const refused = (code: Refused['code'], says: string, at = 'image'): Refused => ({ kind: 'refused', code, at, says });
const repeated = (count: number, bytes: readonly number[]): number[] =>
  Array.from({ length: count }, () => bytes).flat();

const shape = (name: string, tries: string, expected: Attack['expected'], bytes: () => Uint8Array): Attack => ({
  name: `shape-${name}`,
  tries,
  module: bytes,
  expected,
});
/** One structure more than the host accepts. */
const tooMany = (name: string, tries: string, limit: string, sections: () => readonly (readonly number[])[]): Attack =>
  shape(name, tries, refused('WASM_LIMIT', limit), () => moduleOf(...sections()));

/** Modules whose form is the attack: on the decoder, the rewriter, or the compilers of the engine. */
export const SHAPES: readonly Attack[] = [
  shape('locals', 'Has 16,000 locals of 64 bits.', IN_VAIN, () => abiBinary(bodyWith([[16_000, I64]], []))),
  shape('locals-recursion', 'Recurses with as many locals.', OUT_OF_STACK, () =>
    abiBinary(bodyWith([[16_000, I64]], CALL_SELF)),
  ),
  shape(
    'locals-large',
    'Has 49,000 locals, for which a frame has no room.',
    refused('WASM_LIMIT', 'frameBytes is'),
    () => abiBinary(bodyWith([[49_000, I64]], [])),
  ),
  shape(
    'locals-too-many',
    'Has 50,000 locals, more than the rewriter leaves room for.',
    refused('WASM_LIMIT', 'locals is 50000'),
    () => abiBinary(bodyWith([[50_000, I64]], [])),
  ),
  shape(
    'locals-bomb',
    'Announces 40 times four billion locals in a few bytes.',
    refused('WASM_LIMIT', 'locals is'),
    () =>
      abiBinary(
        bodyWith(
          Array.from({ length: 40 }, () => [0xffff_ffff, I32] as const),
          [],
        ),
      ),
  ),
  shape(
    'compile-blocks',
    'Has 4,000 locals where ways part 4,000 times, of which the first compiler keeps a copy each.',
    refused('WASM_LIMIT', 'functionCompileWork is'),
    () => abiBinary(bodyWith([[4_000, I64]], repeated(4_000, [0x41, 0, 0x04, 0x40, 0x05, END]))),
  ),
  shape(
    'compile-branches',
    'Jumps to the same place 1,000 times with 2,000 locals that differ, for all of which the second compiler makes a node each.',
    refused('WASM_LIMIT', 'functionCompileWork is'),
    () => abiBinary(bodyWith([[2_000, I64]], [0x02, 0x40, ...repeated(1_000, [0x41, 0, 0x0d, 0]), END])),
  ),
  shape(
    'compile-functions',
    'Has very many functions that are just small enough for the compilers.',
    refused('WASM_LIMIT', 'compileWork is'),
    () => {
      const parts = bodyWith([[3_000, I64]], repeated(300, [0x41, 0, 0x04, 0x40, END]));
      return abiBinary(parts, {
        function: repeated(20, [VOID_TYPE]).map((type) => [type]),
        code: new Array(20).fill(parts),
      });
    },
  ),
  shape('nesting', 'Nests 40,000 blocks.', IN_VAIN, () =>
    abiBinary(bodyWith([], [...repeated(40_000, [0x02, 0x40]), ...repeated(40_000, [END])])),
  ),
  shape('nesting-loops', 'Nests 18,000 loops, each with a jump back that is not taken.', IN_VAIN, () =>
    abiBinary(bodyWith([], [...repeated(18_000, [0x03, 0x40]), ...repeated(18_000, [0x41, 0, 0x0d, 0, END])])),
  ),
  shape('nesting-ifs', 'Nests 20,000 conditions with both arms.', IN_VAIN, () =>
    abiBinary(bodyWith([], [...repeated(20_000, [0x41, 0, 0x04, 0x40, 0x05]), ...repeated(20_000, [END])])),
  ),
  shape('branch-table', 'Jumps by a table with the most targets there may be.', IN_VAIN, () =>
    abiBinary(bodyWith([], [0x02, 0x40, 0x41, 0x7f, 0x0e, ...leb(65_520), ...repeated(65_520, [0]), 0, END])),
  ),
  shape(
    'branch-table-too-large',
    'Jumps by a table with one target more than that.',
    refused('WASM_LIMIT', 'branchTargets is 65521'),
    () => abiBinary(bodyWith([], [0x02, 0x40, 0x41, 0, 0x0e, ...leb(65_521), ...repeated(65_521, [0]), 0, END])),
  ),
  shape(
    'branch-tables',
    'Has fifty branch tables of 2,000 targets that leave 500 blocks, for a compiler that is quadratic in them.',
    IN_VAIN,
    () =>
      abiBinary(
        bodyWith(
          [],
          [
            ...repeated(500, [0x02, 0x40]),
            ...repeated(50, [0x02, 0x40, 0x41, 0, 0x0e, ...leb(2_000), ...repeated(2_000, [0]), 0, END]),
            ...repeated(500, [END]),
          ],
        ),
      ),
  ),
  shape(
    'function-too-large',
    'Has one function of 132,000 bytes, for which the optimising compiler would take many times as much memory.',
    refused('WASM_LIMIT', 'functionBytes is', 'limits.functionBytes'),
    () => abiBinary(bodyWith([], repeated(132_000, [0x01]))),
  ),
  shape('many-functions', 'Has 90,000 functions.', IN_VAIN, () => {
    const empty = bodyWith([], []);
    return abiBinary(empty, {
      function: Array.from({ length: 90_000 }, () => [VOID_TYPE]),
      code: Array.from({ length: 90_000 }, () => empty),
    });
  }),
  shape('many-parameters', 'Calls a function of the most parameters and results that it may have.', IN_VAIN, () => {
    const all = Array.from({ length: 900 }, () => I64);
    const drops = repeated(900, [0x1a]);
    return abiBinary(bodyWith([], [...repeated(900, [0x42, 1]), 0x10, 5, ...drops]), {
      type: [functionType(all, all)],
      function: [[5]],
      code: [bodyWith([], Array.from({ length: 900 }, (_, n) => [0x20, ...leb(n)]).flat())],
    });
  }),
  tooMany('parameters-901', 'Has a function type of one parameter more than that.', 'params is 901', () => [
    section(1, [1, 0x60, ...leb(901), ...repeated(901, [I32]), 0]),
  ]),
  tooMany('parameters', 'Has a function type of 1,001 parameters.', 'params is 1001', () => [
    section(1, [1, 0x60, ...leb(1_001), ...repeated(1_001, [I32]), 0]),
  ]),
  tooMany('types', 'Has one type more than there may be.', 'types is 100001', () => [
    sectionOf(
      1,
      Array.from({ length: 100_001 }, () => [0x60, 0, 0]),
    ),
  ]),
  tooMany('functions', 'Announces one function more than there may be.', 'functions is 100001', () => [
    section(1, [1, 0x60, 0, 0]),
    sectionOf(
      3,
      Array.from({ length: 100_001 }, () => [0]),
    ),
  ]),
  tooMany('globals', 'Has one global more than there may be.', 'globals is 100001', () => [
    sectionOf(
      6,
      Array.from({ length: 100_001 }, () => [I32, 0, 0x41, 0, END]),
    ),
  ]),
  tooMany('tables', 'Has one table more than there may be.', 'tables is 65', () => [
    sectionOf(
      4,
      Array.from({ length: 65 }, () => [FUNCREF, 0, 0]),
    ),
  ]),
  tooMany('custom-sections', 'Has one custom section more than there may be.', 'customSections is 1001', () =>
    Array.from({ length: 1_001 }, () => customSectionOf('bomb')),
  ),
  tooMany('name-bytes', 'Has a name of more bytes than there may be.', 'nameBytes is 100001', () => [
    customSectionOf('n'.repeat(100_001)),
  ]),
  ...[1, 2, 3, 4, 6, 7, 9, 10, 11].map((id) =>
    shape(
      `count-bomb-${id}`,
      `Announces four billion entries in section ${id} and has none.`,
      refused('WASM_MALFORMED', 'expected'),
      () => moduleOf(section(id, leb(0xffff_fff0))),
    ),
  ),
  shape(
    'section-past-the-end',
    'Has a section that is longer than the file.',
    refused('WASM_MALFORMED', 'got 4294967295'),
    () => moduleOf([1, ...leb(0xffff_ffff)]),
  ),
  shape(
    'leb-too-long',
    'Writes a number in more bytes than a number may have.',
    refused('WASM_MALFORMED', 'expected'),
    () => moduleOf([1, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 0]),
  ),
  shape('leb-endless', 'Writes a number that never ends.', refused('WASM_MALFORMED', 'expected'), () =>
    moduleOf([1, ...repeated(1_000, [0x80])]),
  ),
  shape(
    'leb-overflow',
    'Sets bits of a number that its type does not have.',
    refused('WASM_MALFORMED', 'expected'),
    () => moduleOf([1, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  ),
  shape(
    'twice-the-code',
    'Has two code sections, the second with another body.',
    refused('WASM_MALFORMED', 'code section'),
    () => abiBinary(bodyWith([], []), { after: [sectionOf(10, [bodyWith([], CALL_SELF)])] }),
  ),
  shape('polyglot', 'Is a shell script.', refused('WASM_MALFORMED', 'At byte 0'), () =>
    new TextEncoder().encode('#!/bin/sh\nrm -rf /\n'),
  ),
  shape('empty', 'Is nothing at all.', refused('WASM_MALFORMED', 'At byte 0'), () => new Uint8Array()),
  shape('cut-off', 'Ends in the middle of a function.', refused('WASM_MALFORMED', 'At byte'), () =>
    abiBinary(bodyWith([], [0x01, 0x01])).slice(0, -2),
  ),
  shape('component', 'Is a component and not a module.', refused('WASM_UNSUPPORTED', 'component-model'), () =>
    Uint8Array.of(...PREAMBLE.slice(0, 4), 0x0d, 0, 1, 0),
  ),
  shape(
    'module-too-large',
    'Is larger than a module may be.',
    refused('WASM_LIMIT', 'moduleBytes allows 4194304', 'limits.moduleBytes'),
    () => moduleOf(customSectionOf('padding', new Array<number>(4_194_304).fill(0))),
  ),
  shape(
    'same-export-twice',
    'Exports its handler twice under one name.',
    refused('WASM_MALFORMED', 'not exported yet'),
    () => abiBinary(bodyWith([], []), { export: [[...nameOf('gatehouse_handle'), 0, 4]] }),
  ),
];
