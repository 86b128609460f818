import { guestWat } from '../../lib/wat.ts';
import type { Attack, FailsToStart } from './attack.ts';
import { attackWat, dataWat, expectWat, importsWat } from './attack-wat.ts';
import { IN_VAIN, OVERFLOWS_AT_START, STARVES_AT_START } from './outcomes.ts';

const SPIN = '(loop $l (br $l))';
const RECURSE = '(func $f (call $f))';
const IDLE = guestWat({ handle: '(i32.const 0)' });
const trapsAtStart = (says: string): FailsToStart => ({
  kind: 'fails-to-start',
  code: 'MODULE_TRAPPED',
  says,
  isRetried: true,
});

/** A module that is harmless but for what is added to it, or what its version function does. */
const starting = (
  name: string,
  tries: string,
  added: string,
  expected: Attack['expected'],
  version = '(i32.const 1)',
  imports: readonly string[] = [],
): Attack => ({
  name: `start-${name}`,
  tries,
  module: guestWat({ imports: importsWat(imports), functions: added, handle: '(i32.const 0)' }).replace(
    '(result i32) (i32.const 1))',
    `(result i32) ${version})`,
  ),
  expected,
});

/** What a module can do before its first event. */
export const START_FUNCTIONS: readonly Attack[] = [
  starting('endless', 'Never returns from its start function.', `(func $s ${SPIN}) (start $s)`, STARVES_AT_START),
  starting('recursion', 'Recurses in its start function.', `${RECURSE} (start $f)`, OVERFLOWS_AT_START),
  starting('trap', 'Traps in its start function.', '(func $s unreachable) (start $s)', trapsAtStart('unreachable')),
  starting(
    'initialize-endless',
    'Never returns from _initialize.',
    `(func (export "_initialize") ${SPIN})`,
    STARVES_AT_START,
  ),
  starting(
    'initialize-recursion',
    'Recurses in _initialize.',
    `${RECURSE} (func (export "_initialize") (call $f))`,
    OVERFLOWS_AT_START,
  ),
  starting(
    'version-endless',
    'Never says which version of the ABI it speaks.',
    '',
    STARVES_AT_START,
    `${SPIN} (i32.const 1)`,
  ),
  starting(
    'version-recursion',
    'Recurses when it is asked for its version.',
    '(func $f (result i32) (call $f))',
    OVERFLOWS_AT_START,
    '(call $f)',
  ),
  starting('version-trap', 'Traps when it is asked for its version.', '', trapsAtStart('unreachable'), '(unreachable)'),
  starting(
    'version-unknown',
    'Speaks a version of the ABI that does not exist.',
    '',
    { kind: 'fails-to-start', code: 'ABI_VERSION', says: 'version -2147483648', isRetried: false },
    '(i32.const 0x80000000)',
  ),
  {
    name: 'start-first-event-endless',
    tries: 'Never returns from its start event.',
    module: attackWat({ attack: '', onStart: SPIN }),
    expected: STARVES_AT_START,
  },
  {
    name: 'start-desired-endless',
    tries: 'Never returns from the event with its desired properties.',
    module: attackWat({ attack: '', onEvent: SPIN }),
    expected: STARVES_AT_START,
  },
  {
    name: 'start-data-outside',
    tries: 'Has a data segment that begins in its memory and ends outside.',
    module: IDLE.replace('(memory', '(data (i32.const 131070) "outside") (memory'),
    expected: trapsAtStart('data segment'),
  },
  {
    name: 'start-elements-outside',
    tries: 'Has an element segment that ends outside of its table.',
    module: guestWat({
      functions: '(table 2 2 funcref) (func $x) (elem (i32.const 1) $x $x)',
      handle: '(i32.const 0)',
    }),
    expected: trapsAtStart('table'),
  },
  {
    name: 'start-fill',
    tries: 'Fills four MiB of memory in its start function, again and again.',
    module: guestWat({
      functions: `(func $s (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 4194304)) (br $l))) (start $s)`,
      handle: '(i32.const 0)',
      pages: 64,
    }),
    expected: STARVES_AT_START,
  },
  {
    name: 'start-abort',
    tries: 'Says on its way down in _initialize why, with words that look like another line of the log.',
    module: guestWat({
      imports: importsWat(['log.abort']),
      data: dataWat(0, 'bye\n<3> 2026-01-01 [host] all is lost'),
      functions: `(func (export "_initialize")
        (drop (call $log.abort (i32.const 0) (i32.const 37) (i32.const 0) (i32.const 3) (i32.const 7) (i32.const -1)))
        unreachable)`,
      handle: '(i32.const 0)',
    }),
    expected: {
      kind: 'fails-to-start',
      code: 'MODULE_ABORTED',
      says: 'bye\n<3> 2026-01-01 [host] all is lost (bye:7:4294967295)',
      isRetried: true,
    },
  },
  {
    name: 'start-uses-imports',
    tries: 'Emits, logs, reports, sets timers and writes state before its first event.',
    module: attackWat({
      imports: ['message.output', 'message.emit', 'log.write', 'timer.set', 'twin.report', 'kv.set'],
      data: dataWat(0, '{}'),
      attack: '',
      onEvent: '(if (i32.eq (i32.load16_u (local.get $frame)) (i32.const 3)) (then unreachable))',
      functions: `
        (func $all
          ${expectWat('(call $message.output (i32.const 0) (i32.const 1))', -6)}
          ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8))', -6)}
          ${expectWat('(call $log.write (i32.const 6) (i32.const 0) (i32.const 2))', -6)}
          ${expectWat('(call $timer.set (i32.const 0) (i32.const 0) (i32.const 1))', -6)}
          ${expectWat('(call $twin.report (i32.const 0) (i32.const 2))', -6)}
          ${expectWat('(call $kv.set (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1))', -6)})
        (start $all)
        (func (export "_initialize") (call $all))`,
    }),
    settings: { grants: { kv: { bytes: 1_000 } } },
    expected: { ...IN_VAIN, stateBytes: 0, reported: {}, logLines: 0 },
  },
];
