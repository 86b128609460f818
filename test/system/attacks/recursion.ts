import type { Attack } from './attack.ts';
import { attackWat, dataWat } from './attack-wat.ts';
import { OUT_OF_FUEL, OUT_OF_STACK } from './outcomes.ts';

type Parts = Omit<Parameters<typeof attackWat>[0], 'attack' | 'functions'>;

const recursion = (
  name: string,
  tries: string,
  functions: string,
  attack = '(call $f)',
  expected: Attack['expected'] = OUT_OF_STACK,
): Attack => ({ name: `recursion-${name}`, tries, module: attackWat({ attack, functions }), expected });

const many = (count: number, of: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => of(n)).join(' ');

/** Calls an import before it goes one deeper, and stores what the import returned, so that the call is not left out. */
const atEveryDepth = (call: string): string => `
  (global $sum (mut i32) (i32.const 0))
  (func $f (global.set $sum (i32.add (global.get $sum) ${call})) (call $f))`;

/** Recursion that calls the host at every depth up to the limit: an import must never be left half done. */
const hostAtEveryDepth = (
  name: string,
  tries: string,
  call: string,
  parts: Parts & Pick<Attack, 'settings'> & { readonly outcome?: Partial<typeof OUT_OF_STACK> },
): Attack => {
  const { settings, outcome, ...wat } = parts;
  return {
    name: `recursion-into-${name}`,
    tries,
    module: attackWat({ attack: '(call $f)', functions: atEveryDepth(call), ...wat }),
    ...(settings === undefined ? {} : { settings }),
    expected: { ...OUT_OF_STACK, ...outcome },
  };
};

/** Calls that go deeper than any stack. */
export const RECURSION: readonly Attack[] = [
  recursion('direct', 'Calls itself without end.', '(func $f (call $f))'),
  recursion('mutual', 'Two functions call each other without end.', '(func $f (call $g)) (func $g (call $f))'),
  recursion(
    'indirect',
    'Calls itself through a table without end.',
    '(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (call_indirect (type $t) (i32.const 0)))',
  ),
  recursion(
    'ring-of-tables',
    'Eight functions call each other in turn through a table that the last of them rewrites.',
    `(type $t (func)) (table 8 8 funcref)
     (elem (i32.const 0) ${many(8, (n) => `$r${n}`)})
     (func $f (call $r0))
     ${many(7, (n) => `(func $r${n} (call_indirect (type $t) (i32.const ${n + 1})))`)}
     (func $r7 (table.set (i32.const 1) (ref.func $r1)) (call_indirect (type $t) (i32.const 0)))`,
  ),
  recursion(
    'values',
    'Recurses with a hundred parameters of 64 bits, most of them on the stack.',
    `(func $f (param ${'i64 '.repeat(100)}) (call $f ${many(100, (n) => `(local.get ${n})`)}))`,
    `(call $f ${'(i64.const 1) '.repeat(100)})`,
  ),
  recursion(
    'results',
    'Recurses with a hundred results that all wait for the deeper call.',
    `(func $f (result ${'i64 '.repeat(100)}) (call $f))`,
    `(call $f) ${'drop '.repeat(100)}`,
  ),
  recursion(
    'large-frames',
    'Recurses with a thousand locals a frame.',
    `(func $f (local ${'i64 '.repeat(1_000)}) (local.set 999 (i64.const 1)) (call $f))`,
  ),
  recursion(
    'operands',
    'Recurses with two hundred operands on the stack, so that small frames of locals are large all the same.',
    `(func $f (result i64) ${'(i64.add (i64.const 1) '.repeat(200)} (call $f) ${')'.repeat(200)})`,
    '(drop (call $f))',
  ),
  recursion(
    'chain',
    'Ten thousand functions, each of which calls the next: as deep without any recursion.',
    `(func $f (call $c0)) ${many(9_999, (n) => `(func $c${n} (call $c${n + 1}))`)} (func $c9999)`,
  ),
  recursion(
    'after-return',
    'Recurses deep, returns, and recurses again, in the hope that the count of depth drifts.',
    `(func $down (param $n i32) (if (local.get $n) (then (call $down (i32.sub (local.get $n) (i32.const 1))))))
     (func $f (loop $l (call $down (i32.const 100)) (br $l)))`,
    '(call $f)',
    OUT_OF_FUEL,
  ),
  recursion(
    'exponential',
    'Computes a Fibonacci number that takes ten hours, never deeper than sixty calls.',
    `(func $fib (param $n i32) (result i32)
       (if (result i32) (i32.lt_u (local.get $n) (i32.const 2)) (then (local.get $n)) (else
         (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1))) (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
     (func $f (drop (call $fib (i32.const 60))))`,
    '(call $f)',
    OUT_OF_FUEL,
  ),
  hostAtEveryDepth(
    'emit',
    'Emits a message at every depth; none of them may arrive, and no queue may be left half written.',
    '(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64))',
    {
      imports: ['message.output', 'message.emit'],
      data: dataWat(0, 'self'),
      onStart: '(drop (call $message.output (i32.const 0) (i32.const 4)))',
      outcome: { counters: { ...OUT_OF_STACK.counters, unrouted: 1_090 } },
    },
  ),
  hostAtEveryDepth(
    'log',
    'Logs at every depth; lines that were logged stay, and the log goes on.',
    '(call $log.write (i32.const 6) (i32.const 0) (i32.const 4))',
    {
      imports: ['log.write'],
      data: dataWat(0, 'deep'),
      outcome: { logLines: 200, counters: { ...OUT_OF_STACK.counters, logDropped: 1_163 }, reports: ['LIMIT_LOG'] },
    },
  ),
  hostAtEveryDepth(
    'kv',
    'Writes state at every depth; the grant stays whole.',
    '(call $kv.set (i32.const 0) (i32.const 4) (i32.const 0) (i32.const 64))',
    {
      imports: ['kv.set'],
      data: dataWat(0, 'deep'),
      settings: { grants: { kv: { bytes: 10_000 } } },
      outcome: { stateBytes: 0 },
    },
  ),
  hostAtEveryDepth(
    'twin',
    'Reports properties at every depth, which parses JSON on what is left of the stack; none is reported.',
    '(call $twin.report (i32.const 0) (i32.const 31))',
    { imports: ['twin.report'], data: dataWat(0, '{"a":{"b":{"c":{"d":[[[1]]]}}}}'), outcome: { reported: {} } },
  ),
  hostAtEveryDepth(
    'respond',
    'Answers its method at every depth; the caller gets the failure and not the answer.',
    '(call $method.respond (i32.load offset=24 (i32.const 4096)) (i32.const 200) (i32.const 0) (i32.const 2))',
    { imports: ['method.respond'], data: dataWat(0, '{}') },
  ),
  hostAtEveryDepth(
    'timer',
    'Sets a timer at every depth; none of them fires.',
    '(call $timer.set (i32.const 0) (i32.const 0) (i32.const 1))',
    {
      imports: ['timer.set'],
      onEvent: '(if (i32.eq (i32.load16_u (local.get $frame)) (i32.const 3)) (then unreachable))',
    },
  ),
];
