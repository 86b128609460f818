import type { Attack, FailsToStart } from './attack.ts';
import { attackWat, expectWat } from './attack-wat.ts';
import { IN_VAIN, OUT_OF_FUEL, OUT_OF_STACK, OVERFLOWS_AT_START, STARVES_AT_START, trapsWith } from './outcomes.ts';

/** Makes the host ask for a larger inbox: the first one has 1,024 bytes. */
const LARGE = 'x'.repeat(5_000);
const FUNCTION = /\(func \(export "gatehouse_alloc"\)[\s\S]*?\(local\.get \$at\)\)/;
const FIRST = '(i32.le_u (local.get $bytes) (i32.const 1024))';
/** The memory of these modules has two pages. */
const SIZE = 131_072;

const badInbox = (says: string): FailsToStart => ({
  kind: 'fails-to-start',
  code: 'MODULE_BAD_INBOX',
  says,
  isRetried: true,
});

/** A module whose allocator is `body`, with the parameter `$bytes`; the attack is a method that does not fit into the first inbox. */
function allocator(
  name: string,
  tries: string,
  body: string,
  expected: Attack['expected'],
  parts: Partial<Parameters<typeof attackWat>[0]> = {},
): Attack {
  return {
    name: `alloc-${name}`,
    tries,
    module: attackWat({ attack: '', ...parts }).replace(
      FUNCTION,
      `(func (export "gatehouse_alloc") (param $bytes i32) (result i32) ${body})`,
    ),
    payload: LARGE,
    expected,
  };
}

/** Only the second block is bad: the first is good. */
const later = (
  name: string,
  tries: string,
  body: string,
  expected: Attack['expected'],
  parts: Partial<Parameters<typeof attackWat>[0]> = {},
): Attack => allocator(name, tries, `(if ${FIRST} (then (return (i32.const 4096)))) ${body}`, expected, parts);

const badLater: Attack['expected'] = {
  kind: 'runs',
  answer: 500,
  failures: [{ code: 'MODULE_BAD_INBOX' }],
  counters: { trapped: 1 },
};

/** Allocators that trap, lie, or never return: the host asks them for the block into which it writes. */
export const ALLOCATORS: readonly Attack[] = [
  allocator('traps', 'Traps when it is asked for its first block.', 'unreachable', {
    kind: 'fails-to-start',
    code: 'MODULE_TRAPPED',
    says: 'unreachable',
    isRetried: true,
  }),
  later('traps-later', 'Traps when it is asked for a larger block.', 'unreachable', trapsWith('unreachable')),
  allocator('nothing', 'Has no memory for its first block.', '(i32.const 0)', badInbox('returned 0')),
  later('nothing-later', 'Has no memory for a larger block.', '(i32.const 0)', {
    kind: 'runs',
    answer: 500,
    counters: { refused: 1 },
    reports: ['MODULE_REFUSED'],
  }),
  allocator('unaligned', 'Returns a block at an odd address.', '(i32.const 4097)', badInbox('returned 4097')),
  allocator(
    'aligned-to-four',
    'Returns a block that is aligned to four bytes only.',
    '(i32.const 4100)',
    badInbox('returned 4100'),
  ),
  allocator(
    'outside',
    'Returns a block behind the end of its memory.',
    `(i32.const ${SIZE})`,
    badInbox('returned 131072'),
  ),
  allocator(
    'past-the-end',
    'Returns a block whose last eight bytes are outside of its memory.',
    `(i32.sub (i32.const ${SIZE + 8}) (local.get $bytes))`,
    badInbox('returned 130056'),
  ),
  allocator(
    'negative',
    'Returns the last eight bytes of the address space, so that the end overflows to 0.',
    '(i32.const -8)',
    badInbox('returned 4294967288'),
  ),
  later('outside-later', 'Lies only about the second block.', `(i32.const ${SIZE - 8})`, badLater),
  later('negative-later', 'Lies about the second block with an address that overflows.', '(i32.const -8)', badLater),
  allocator(
    'to-the-end',
    'Returns blocks that end with the last byte of its memory.',
    `(i32.and (i32.sub (i32.const ${SIZE}) (local.get $bytes)) (i32.const -8))`,
    IN_VAIN,
  ),
  allocator('same-block', 'Returns the same block every time, whatever is asked for.', '(i32.const 4096)', IN_VAIN),
  allocator(
    'over-its-data',
    'Returns a block over its own data, so that frames overwrite what it hands to imports.',
    '(i32.const 8)',
    { ...IN_VAIN, logLines: 1 },
    {
      imports: ['log.write'],
      attack: expectWat('(call $log.write (i32.const 6) (i32.const 0) (i32.const 8))', 0),
    },
  ),
  allocator(
    'grows',
    'Grows its memory each time, so that the views of the host are void when it returns.',
    '(i32.mul (memory.grow (i32.const 1)) (i32.const 65536))',
    { ...IN_VAIN, memoryBytes: SIZE + 2 * 65_536 },
  ),
  allocator(
    'grows-to-the-end',
    'Takes all memory it may have for its first block.',
    '(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (i32.const 8192)',
    { ...IN_VAIN, memoryBytes: 4_194_304 },
  ),
  allocator('endless', 'Never returns its first block.', '(loop $l (br $l)) (i32.const 0)', STARVES_AT_START),
  later('endless-later', 'Never returns the second block.', '(loop $l (br $l)) (i32.const 0)', OUT_OF_FUEL),
  allocator('recursion', 'Recurses for its first block.', '(call $deep (local.get $bytes))', OVERFLOWS_AT_START, {
    functions: '(func $deep (param i32) (result i32) (call $deep (local.get 0)))',
  }),
  later('recursion-later', 'Recurses for the second block.', '(call $deep (local.get $bytes))', OUT_OF_STACK, {
    functions: '(func $deep (param i32) (result i32) (call $deep (local.get 0)))',
  }),
  later(
    'imports',
    'Emits, logs and sets timers while the host waits for a block.',
    `${expectWat('(call $message.output (i32.const 0) (i32.const 1))', -6)}
     ${expectWat('(call $log.write (i32.const 6) (i32.const 0) (i32.const 2))', -6)}
     ${expectWat('(call $timer.set (i32.const 0) (i32.const 0) (i32.const 1))', -6)}
     ${expectWat('(call $method.respond (i32.const 1) (i32.const 200) (i32.const 0) (i32.const 0))', -6)}
     (i32.const 4096)`,
    { ...IN_VAIN, logLines: 0 },
    { imports: ['message.output', 'log.write', 'timer.set'] },
  ),
];
