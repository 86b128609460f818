import type { Attack } from './attack.ts';
import { attackWat, dataWat, expectWat, repeatWat } from './attack-wat.ts';
import { isKind } from './flood-wat.ts';
import { IN_VAIN } from './outcomes.ts';

/** More work, lines, timers, state, reports and answers than there may be. */
export const EFFECT_FLOODS: readonly Attack[] = [
  {
    name: 'flood-quota',
    tries: 'Stays just below the fuel of one call, which is far more than its share of a second.',
    module: attackWat({ attack: `(local $n i32) ${repeatWat('n', 1_000_000, '')}` }),
    settings: { limits: { fuelPerSecond: 20_000_000, fuelBurst: 1_000_000 } },
    expected: { ...IN_VAIN, counters: { fuelPauses: 1 }, reports: ['LIMIT_FUEL'] },
  },
  {
    name: 'flood-log',
    tries: 'Writes a thousand lines into the log at once.',
    module: attackWat({
      imports: ['log.write'],
      data: dataWat(0, 'spam'),
      attack: `(local $n i32) ${repeatWat('n', 1_000, '(drop (call $log.write (i32.const 3) (i32.const 0) (i32.const 4)))')}`,
    }),
    expected: { ...IN_VAIN, logLines: 200, counters: { logDropped: 800 }, reports: ['LIMIT_LOG'] },
  },
  {
    name: 'flood-log-length',
    tries: 'Writes lines of the largest size until there is no room, and one that is larger.',
    module: attackWat({
      imports: ['log.write'],
      attack: `
        ${expectWat('(call $log.write (i32.const 3) (i32.const 65536) (i32.const 8193))', -3)}
        ${expectWat('(call $log.write (i32.const 3) (i32.const 65536) (i32.const 8192))', 0)}`,
    }),
    expected: { ...IN_VAIN, logLines: 1, counters: { logDropped: 1 }, reports: ['LIMIT_LOG'] },
  },
  {
    name: 'flood-timers',
    tries: 'Sets every timer there is.',
    module: attackWat({
      imports: ['timer.set'],
      attack: Array.from({ length: 64 }, (_, n) =>
        expectWat(`(call $timer.set (i32.const ${n}) (i32.const 0x7fffffff) (i32.const 1))`, n < 16 ? 0 : -3),
      ).join(''),
    }),
    expected: { ...IN_VAIN, counters: { timerLimit: 48 }, reports: ['LIMIT_TIMERS'] },
  },
  {
    name: 'flood-timer-events',
    tries: 'Lets sixteen timers fire at once, a thousand times each in every second.',
    // Answers its method from the timer event that is the thousandth.
    module: attackWat({
      imports: ['timer.set', 'timer.clear'],
      functions: '(global $left (mut i32) (i32.const 1000)) (global $call (mut i32) (i32.const 0))',
      onEvent: `(if ${isKind(3)} (then
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (if (i32.eqz (global.get $left)) (then
          ${Array.from({ length: 16 }, (_, n) => `(drop (call $timer.clear (i32.const ${n})))`).join(' ')}
          ${expectWat('(call $method.respond (global.get $call) (i32.const 200) (i32.const 0) (i32.const 0))', 0)}))))`,
      attack: `(global.set $call (i32.load offset=24 (local.get $frame)))
        (i32.store offset=24 (local.get $frame) (i32.const 0))
        ${Array.from({ length: 16 }, (_, n) => expectWat(`(call $timer.set (i32.const ${n}) (i32.const 0) (i32.const 1))`, 0)).join('')}`,
    }),
    expected: IN_VAIN,
  },
  {
    name: 'flood-timer-restart',
    tries: 'Sets one timer to now from its own event, so that there is always an event due.',
    module: attackWat({
      imports: ['timer.set'],
      functions: '(global $left (mut i32) (i32.const 1000)) (global $call (mut i32) (i32.const 0))',
      onEvent: `(if ${isKind(3)} (then
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (if (global.get $left)
          (then ${expectWat('(call $timer.set (i32.const 0) (i32.const 0) (i32.const 0))', 0)})
          (else ${expectWat('(call $method.respond (global.get $call) (i32.const 200) (i32.const 0) (i32.const 0))', 0)}))))`,
      attack: `(global.set $call (i32.load offset=24 (local.get $frame)))
        (i32.store offset=24 (local.get $frame) (i32.const 0))
        ${expectWat('(call $timer.set (i32.const 0) (i32.const 0) (i32.const 0))', 0)}`,
    }),
    expected: IN_VAIN,
  },
  {
    name: 'flood-state',
    tries: 'Writes a hundred entries of state into a grant for four.',
    module: attackWat({
      imports: ['kv.set'],
      attack: Array.from(
        { length: 100 },
        (_, n) =>
          `(i32.store8 (i32.const 0) (i32.const ${n + 1}))${expectWat('(call $kv.set (i32.const 0) (i32.const 1) (i32.const 64) (i32.const 100))', n < 4 ? 0 : -3)}`,
      ).join(''),
    }),
    settings: { grants: { kv: { bytes: 700 } } },
    expected: { ...IN_VAIN, stateBytes: 660, counters: { stateLimit: 96 }, reports: ['LIMIT_STATE'] },
  },
  {
    name: 'flood-reports',
    tries: 'Reports the same property a thousand times in one event.',
    module: attackWat({
      imports: ['twin.report'],
      data: dataWat(0, '{"a":1}'),
      attack: `(local $n i32) ${repeatWat('n', 1_000, expectWat('(call $twin.report (i32.const 0) (i32.const 7))', 0))}`,
    }),
    expected: { ...IN_VAIN, reported: { a: 1 } },
  },
  {
    name: 'flood-answers',
    tries: 'Answers direct methods that were called on others, by guessing a thousand ids.',
    module: attackWat({
      attack: `(local $n i32) ${repeatWat(
        'n',
        1_000,
        `(if (i32.ne (local.get $n) (i32.load offset=24 (local.get $frame))) (then
          ${expectWat('(call $method.respond (local.get $n) (i32.const 500) (i32.const 0) (i32.const 0))', -5)}))`,
      )}`,
    }),
    expected: IN_VAIN,
  },
  {
    name: 'flood-two-answers',
    tries: 'Answers one direct method twice, the second time with another status.',
    module: attackWat({
      attack: `
        ${expectWat('(call $method.respond (i32.load offset=24 (local.get $frame)) (i32.const 201) (i32.const 0) (i32.const 0))', 0)}
        ${expectWat('(call $method.respond (i32.load offset=24 (local.get $frame)) (i32.const 500) (i32.const 0) (i32.const 0))', -5)}`,
    }),
    expected: { kind: 'runs', answer: 201 },
  },
];
