import type { Attack } from './attack.ts';
import { attackWat, expectWat } from './attack-wat.ts';
import { IN_VAIN, OUT_OF_FUEL, trapsWith } from './outcomes.ts';

const PAGE = 65_536;
/** What a module has in this collection unless its settings say otherwise: 4 MiB of memory, 10,000 entries of a table. */
const GRANTED_PAGES = 64;
const GRANTED_ENTRIES = 10_000;

const inVain = (memoryBytes: number): Attack['expected'] => ({ ...IN_VAIN, memoryBytes });

/** Memory and tables beyond the grant. */
export const GROWTH: readonly Attack[] = [
  {
    name: 'growth-to-the-grant',
    tries: 'Grows its memory page by page until it is told no.',
    module: attackWat({
      attack: `(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        ${expectWat('(memory.size)', GRANTED_PAGES)}`,
    }),
    expected: inVain(GRANTED_PAGES * PAGE),
  },
  {
    name: 'growth-at-once',
    tries: 'Asks for all of the address space, and for sizes that overflow.',
    module: attackWat({
      attack: [65_534, 65_536, 0x7fff_ffff, -1, -2, GRANTED_PAGES - 1]
        .map((pages) => expectWat(`(memory.grow (i32.const ${pages}))`, -1))
        .join(''),
    }),
    expected: inVain(2 * PAGE),
  },
  {
    name: 'growth-for-ever',
    tries: 'Asks for one more page for ever, although it is told no.',
    module: attackWat({ attack: '(loop $l (drop (memory.grow (i32.const 1))) (br $l))' }),
    expected: OUT_OF_FUEL,
  },
  {
    name: 'growth-of-nothing',
    tries: 'Grows its memory by no page for ever, which detaches all views of the host.',
    module: attackWat({ attack: '(loop $l (drop (memory.grow (i32.const 0))) (br $l))' }),
    expected: OUT_OF_FUEL,
  },
  {
    name: 'growth-declared',
    tries: 'Declares a maximum of 4 GiB, in the hope that its own word counts.',
    module: attackWat({
      attack: `${expectWat('(memory.grow (i32.const 63))', -1)} ${expectWat('(memory.grow (i32.const 62))', 2)}`,
    }).replace('(memory (export "memory") 2)', '(memory (export "memory") 2 65536)'),
    expected: inVain(GRANTED_PAGES * PAGE),
  },
  {
    name: 'growth-initial',
    tries: 'Begins with more memory than it is granted.',
    module: attackWat({ attack: '', pages: GRANTED_PAGES + 1 }),
    expected: { kind: 'refused', code: 'WASM_LIMIT', at: 'limits.memoryBytes', says: 'memoryBytes is 4259840' },
  },
  {
    name: 'growth-touch-and-trap',
    tries: 'Takes all memory it may have, writes every page, and traps, so that the next instance takes as much again.',
    module: attackWat({
      attack: `(drop (memory.grow (i32.const ${GRANTED_PAGES - 2})))
        (memory.fill (i32.const 8192) (i32.const 255) (i32.const ${GRANTED_PAGES * PAGE - 8_192}))
        unreachable`,
    }),
    expected: trapsWith('unreachable'),
  },
  {
    name: 'growth-before-a-call',
    tries: 'Grows its memory and at once gives the host a pointer into the new part.',
    module: attackWat({
      imports: ['message.output', 'message.emit', 'kv.set', 'kv.get'],
      attack: `
        (i32.store8 (i32.const 0) (i32.const 0x78))
        (drop (call $message.output (i32.const 0) (i32.const 1)))
        (drop (memory.grow (i32.const 1)))
        (i64.store (i32.const 131072) (i64.const 0x0123456789abcdef))
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 131072) (i32.const 8))', 0)}
        ${expectWat('(call $kv.set (i32.const 0) (i32.const 1) (i32.const 131072) (i32.const 8))', 0)}
        (drop (memory.grow (i32.const 1)))
        ${expectWat('(call $kv.get (i32.const 0) (i32.const 1) (i32.const 196608) (i32.const 8))', 8)}
        (if (i64.ne (i64.load (i32.const 196608)) (i64.const 0x0123456789abcdef)) (then unreachable))`,
    }),
    settings: { grants: { kv: { bytes: 1_000 } } },
    expected: { ...IN_VAIN, memoryBytes: 4 * PAGE, stateBytes: 73, counters: { unrouted: 1 } },
  },
  {
    name: 'growth-of-a-table',
    tries: 'Grows a table to its grant and beyond.',
    module: attackWat({
      functions: '(table $t 1 funcref)',
      attack: `
        ${expectWat(`(table.grow $t (ref.null func) (i32.const ${GRANTED_ENTRIES}))`, -1)}
        ${expectWat('(table.grow $t (ref.null func) (i32.const -1))', -1)}
        ${expectWat(`(table.grow $t (ref.null func) (i32.const ${GRANTED_ENTRIES - 1}))`, 1)}
        ${expectWat('(table.grow $t (ref.null func) (i32.const 1))', -1)}
        ${expectWat('(table.size $t)', GRANTED_ENTRIES)}`,
    }),
    expected: IN_VAIN,
  },
  {
    name: 'growth-of-a-table-for-ever',
    tries: 'Asks for more entries of a table for ever.',
    module: attackWat({
      functions: '(table $t 1 funcref)',
      attack: '(loop $l (drop (table.grow $t (ref.null func) (i32.const 1))) (br $l))',
    }),
    expected: OUT_OF_FUEL,
  },
  {
    name: 'growth-of-all-tables',
    tries: 'Has as many tables as the host accepts and grows each to its grant.',
    module: attackWat({
      functions: Array.from({ length: 64 }, (_, n) => `(table $t${n} 0 externref)`).join(' '),
      attack: Array.from({ length: 64 }, (_, n) =>
        expectWat(`(table.grow $t${n} (ref.null extern) (i32.const ${GRANTED_ENTRIES}))`, 0),
      ).join(''),
    }),
    // Growth is charged by entries: fifty of them are worth the fuel of a call.
    expected: OUT_OF_FUEL,
  },
  {
    name: 'growth-initial-table',
    tries: 'Begins with a table larger than it is granted.',
    module: attackWat({ functions: `(table ${GRANTED_ENTRIES + 1} funcref)`, attack: '' }),
    expected: { kind: 'refused', code: 'WASM_LIMIT', at: 'limits.tableEntries', says: 'tableEntries is 10001' },
  },
];
