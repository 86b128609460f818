import type { Attack } from './attack.ts';
import { attackWat } from './attack-wat.ts';
import { OUT_OF_FUEL, trapsWith } from './outcomes.ts';

const ALL = 'i32.const 4194304';
const HALF = 'i32.const 4194303';
const TABLES = '(table $t 10000 funcref) (table $u 10000 funcref)';

const forEver = (
  name: string,
  tries: string,
  code: string,
  parts: Partial<Parameters<typeof attackWat>[0]> = {},
): Attack => ({
  name: `bulk-${name}`,
  tries,
  module: attackWat({ pages: 64, ...parts, attack: `(loop $l ${code} (br $l))` }),
  expected: OUT_OF_FUEL,
});

const outside = (name: string, tries: string, code: string, says: string): Attack => ({
  name: `bulk-${name}`,
  tries,
  module: attackWat({ functions: TABLES, attack: code }),
  expected: trapsWith(says),
});

/** Single instructions that do the work of millions. */
export const BULK: readonly Attack[] = [
  forEver(
    'fill',
    'Fills all of its memory in a loop of two instructions.',
    `(memory.fill (i32.const 0) (i32.const 7) (${ALL}))`,
  ),
  forEver(
    'copy-forward',
    'Moves all of its memory up by one byte, again and again.',
    `(memory.copy (i32.const 1) (i32.const 0) (${HALF}))`,
  ),
  forEver(
    'copy-backward',
    'Moves all of its memory down by one byte, again and again.',
    `(memory.copy (i32.const 0) (i32.const 1) (${HALF}))`,
  ),
  forEver(
    'init',
    'Copies a large data segment into memory, again and again.',
    '(memory.init $d (i32.const 65536) (i32.const 0) (i32.const 100000))',
    { data: `(data $d "${'x'.repeat(100_000)}")` },
  ),
  forEver(
    'table-fill',
    'Fills a table of the largest size in a loop.',
    '(table.fill $t (i32.const 0) (ref.null func) (i32.const 10000))',
    { functions: TABLES },
  ),
  forEver(
    'table-copy',
    'Copies one table of the largest size into another in a loop.',
    '(table.copy $t $u (i32.const 0) (i32.const 0) (i32.const 10000))',
    { functions: TABLES },
  ),
  forEver(
    'table-init',
    'Copies a large element segment into a table in a loop.',
    '(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 5000))',
    { functions: `${TABLES} (elem $e func ${'$attack '.repeat(5_000)})` },
  ),
  {
    name: 'bulk-computed-length',
    tries: 'Takes the length of each fill from memory, so that nothing is known of it before it runs.',
    module: attackWat({
      pages: 64,
      attack: `(i32.store (i32.const 0) (${ALL}))
        (loop $l
          (memory.fill (i32.const 8) (i32.const 0) (i32.sub (i32.load (i32.const 0)) (i32.const 8)))
          (br $l))`,
    }),
    expected: OUT_OF_FUEL,
  },
  {
    name: 'bulk-nothing',
    tries: 'Fills no byte at all, for ever.',
    module: attackWat({ attack: '(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (br $l))' }),
    expected: OUT_OF_FUEL,
  },
  {
    name: 'bulk-four-gib',
    tries: 'Fills four GiB, most of them outside of its memory: the size is charged before the bounds are looked at.',
    module: attackWat({ attack: '(memory.fill (i32.const 8) (i32.const 0) (i32.const -1))' }),
    expected: OUT_OF_FUEL,
  },
  outside(
    'fill-outside',
    'Fills eight bytes past the end of its memory.',
    '(memory.fill (i32.const 131064) (i32.const 0) (i32.const 16))',
    'memory access out of bounds',
  ),
  outside(
    'copy-outside',
    'Copies from behind the end of its memory.',
    '(memory.copy (i32.const 0) (i32.const -8) (i32.const 16))',
    'memory access out of bounds',
  ),
  outside(
    'table-outside',
    'Fills a table past its end.',
    '(table.fill $t (i32.const 9999) (ref.null func) (i32.const 2))',
    'table',
  ),
];
