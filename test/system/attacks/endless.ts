import type { Attack } from './attack.ts';
import { attackWat, dataWat } from './attack-wat.ts';
import { IN_VAIN, OUT_OF_FUEL } from './outcomes.ts';
import { selfRoute } from './self-route.ts';

type Parts = Omit<Parameters<typeof attackWat>[0], 'attack'>;

const endless = (name: string, tries: string, attack: string, parts: Parts = {}): Attack => ({
  name: `endless-${name}`,
  tries,
  module: attackWat({ attack, ...parts }),
  expected: OUT_OF_FUEL,
});

/** Functions that do nothing, and a table of them. */
const TABLE = {
  functions: `
    (type $nothing (func))
    (table 4 4 funcref)
    (elem (i32.const 0) $idle $idle $count $count)
    (global $n (mut i32) (i32.const 0))
    (func $idle)
    (func $count (global.set $n (i32.add (global.get $n) (i32.const 1))))`,
};

/** Work without end, in every shape that control flow has. */
export const ENDLESS: readonly Attack[] = [
  endless('br', 'Jumps back to the head of an empty loop.', '(loop $l (br $l))'),
  endless('br-if', 'Jumps back on a condition that always holds.', '(loop $l (br_if $l (i32.const 1)))'),
  endless(
    'br-table',
    'Jumps back by a table whose every entry is the loop.',
    '(local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_table $l $l $l (local.get $i)))',
  ),
  endless(
    'if-else',
    'Jumps back from both arms of a condition.',
    '(local $i i32) (loop $l (if (local.tee $i (i32.eqz (local.get $i))) (then (br $l)) (else (br $l))))',
  ),
  endless(
    'two-heads',
    'Alternates between an inner and an outer loop, so that neither runs long.',
    `(local $i i32)
     (loop $outer (loop $inner
       (local.set $i (i32.add (local.get $i) (i32.const 1)))
       (br_if $inner (i32.and (local.get $i) (i32.const 1)))
       (br $outer)))`,
  ),
  endless(
    'deep-exit',
    'Leaves forty nested blocks at once and comes back.',
    `(loop $l ${'(block '.repeat(40)} (br $l) ${')'.repeat(40)})`,
  ),
  endless(
    'nested-counters',
    'Counts to two to the power of 96 in three nested loops, which ends in theory.',
    `(local $a i32) (local $b i32) (local $c i32)
     (loop $x
       (loop $y
         (loop $z (br_if $z (local.tee $a (i32.add (local.get $a) (i32.const 1)))))
         (br_if $y (local.tee $b (i32.add (local.get $b) (i32.const 1)))))
       (br_if $x (local.tee $c (i32.add (local.get $c) (i32.const 1)))))`,
  ),
  endless('idle-calls', 'Calls an empty function for ever.', '(loop $l (call $idle) (br $l))', TABLE),
  endless(
    'indirect-calls',
    'Calls through a table for ever, another function each time.',
    '(loop $l (call_indirect (type $nothing) (i32.and (global.get $n) (i32.const 3))) (call $count) (br $l))',
    TABLE,
  ),
  endless('leaf-loop', 'Calls a leaf with a short loop of its own from a loop.', '(loop $l (call $leaf) (br $l))', {
    functions: `(func $leaf (local $i i32) (local.set $i (i32.const 1000))
        (loop $l (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))`,
  }),
  endless('called-leaf', 'Hides the loop in a leaf at the end of a chain of calls.', '(call $a)', {
    functions: '(func $a (call $b)) (func $b (call $c)) (func $c (loop $l (br $l)))',
  }),
  endless(
    'leaf-of-table',
    'Hides the loop in a function that is only reached through a table.',
    '(call_indirect (type $nothing) (i32.const 0))',
    { functions: '(type $nothing (func)) (table 1 funcref) (elem (i32.const 0) $spin) (func $spin (loop $l (br $l)))' },
  ),
  endless(
    'early-return',
    'Calls a function that mostly returns at once, before any work that could be charged.',
    '(loop $l (call $mostly (i32.const 0)) (br $l))',
    {
      functions: `(func $mostly (param $deep i32) (if (i32.eqz (local.get $deep)) (then (return)))
        (call $mostly (local.get $deep)))`,
    },
  ),
  endless(
    'host-calls',
    'Does nothing but call the host.',
    '(loop $l (drop (call $timer.clear (i32.const 0))) (br $l))',
    { imports: ['timer.clear'] },
  ),
  endless(
    'division',
    'Repeats the slowest instructions: 64-bit division, remainder and square root.',
    `(local $i i64) (local $f f64) (local.set $i (i64.const -1))
     (loop $l
       (local.set $f (f64.sqrt (f64.div (f64.convert_i64_s (local.get $i)) (f64.const 3))))
       (local.set $i (i64.xor (i64.div_s (local.get $i) (i64.const 7)) (i64.rem_s (local.get $i) (i64.const 5))))
       (br $l))`,
  ),
  endless(
    'cache-misses',
    'Walks through memory in strides that miss every cache.',
    `(local $at i32)
     (loop $l
       (i64.store (local.get $at) (i64.const 1))
       (local.set $at (i32.and (i32.add (local.get $at) (i32.const 4160)) (i32.const 0x3ffff8)))
       (br $l))`,
    { pages: 64 },
  ),
  endless(
    'vectors',
    'Multiplies and shuffles vectors for ever.',
    `(local $v v128) (loop $l
       (local.set $v (f64x2.sqrt (f64x2.mul (local.get $v) (i8x16.shuffle 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 (local.get $v) (local.get $v)))))
       (br $l))`,
  ),
  endless(
    'globals',
    'Writes every global of its own in a loop, in the hope that one of them is the counter.',
    `(loop $l ${Array.from({ length: 32 }, (_, n) => `(global.set $g${n} (i64.const 0x7fffffffffffffff))`).join(' ')} (br $l))`,
    { functions: Array.from({ length: 32 }, (_, n) => `(global $g${n} (mut i64) (i64.const 0))`).join(' ') },
  ),
  endless(
    'straight-line',
    'Repeats 10,000 instructions without a jump between two jumps back.',
    `(local $i i32) (loop $l ${'(local.set $i (i32.add (local.get $i) (i32.const 1)))'.repeat(2_500)} (br $l))`,
  ),
  {
    name: 'endless-on-message',
    tries: 'Sends itself a message that it handles for ever, again after each new start.',
    module: attackWat({
      imports: ['message.output', 'message.emit'],
      data: dataWat(0, 'out'),
      onStart: '(drop (call $message.output (i32.const 0) (i32.const 3)))',
      onEvent: '(if (i32.eq (i32.load16_u (local.get $frame)) (i32.const 2)) (then (loop $l (br $l))))',
      attack:
        '(drop (call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))',
    }),
    routes: { 'endless-on-message': selfRoute('endless-on-message', 'out') },
    expected: {
      kind: 'runs',
      answer: 200,
      failures: [{ code: 'MODULE_OUT_OF_FUEL' }, { code: 'MODULE_OUT_OF_FUEL' }],
      counters: { trapped: 2, outOfFuel: 2, deadLettered: 1 },
      reports: ['MODULE_TRAPPED'],
    },
  },
  {
    name: 'endless-on-timer',
    tries: 'Never returns from a timer.',
    module: attackWat({
      imports: ['timer.set'],
      onEvent: '(if (i32.eq (i32.load16_u (local.get $frame)) (i32.const 3)) (then (loop $l (br $l))))',
      attack: '(drop (call $timer.set (i32.const 0) (i32.const 0) (i32.const 1)))',
    }),
    expected: {
      kind: 'runs',
      answer: 200,
      failures: [{ code: 'MODULE_OUT_OF_FUEL' }],
      counters: { trapped: 1, outOfFuel: 1 },
    },
  },
  {
    name: 'endless-on-stop',
    tries: 'Never returns from its stop event, so that the gateway would never close.',
    module: attackWat({
      onEvent: '(if (i32.eq (i32.load16_u (local.get $frame)) (i32.const 7)) (then (loop $l (br $l))))',
      attack: '',
    }),
    // The gateway of the family closes in order, which is part of what is tested.
    expected: IN_VAIN,
  },
];
