import type { Attack } from './attack.ts';
import { attackWat, dataWat, expectWat, repeatWat } from './attack-wat.ts';
import { IN_VAIN } from './outcomes.ts';
import { selfRoute } from './self-route.ts';

const EMIT_IMPORTS = ['message.output', 'message.emit'];
const OPEN_OUTPUT = '(drop (call $message.output (i32.const 0) (i32.const 3)))';
const OUT = dataWat(0, 'out');
const emit = (bytes: number): string =>
  `(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const ${bytes}))`;
const isKind = (kind: number): string => `(i32.eq (i32.load16_u (local.get $frame)) (i32.const ${kind}))`;
const MODBUS = { modbus: [{ device: 'pump', read: ['holding:0-3'], write: [], poll: ['fast'] }] };
/** Requests in the form of docs/modbus.md: reads of register 0, which is granted, and 4, which is not. */
const READ = '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump';
const READ_OUTSIDE = '\x03\x04\x04\0\x01\0\0\0\0\0\0\0pump';
const SUBSCRIBE = '\0\x04\0\0\x04\0\0\0\0\0\0\0fastpump';

/** More of everything than the limits allow. */
export const FLOODS: readonly Attack[] = [
  {
    name: 'flood-unrouted',
    tries: 'Emits five thousand messages that no route takes.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      attack: `(local $n i32) ${repeatWat('n', 5_000, expectWat(emit(8), 0))}`,
    }),
    expected: { ...IN_VAIN, counters: { unrouted: 5_000 } },
  },
  {
    name: 'flood-rate',
    tries: 'Emits two thousand messages more than it may in a second.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      attack: `(local $n i32)
        ${repeatWat('n', 10_000, expectWat(emit(8), 0))}
        ${repeatWat('n', 2_000, expectWat(emit(8), -3))}`,
    }),
    expected: { ...IN_VAIN, counters: { unrouted: 10_000, messageRate: 2_000 }, reports: ['LIMIT_MESSAGES'] },
  },
  {
    name: 'flood-quota',
    tries: 'Stays just below the fuel of one call, which is far more than its share of a second.',
    module: attackWat({ attack: `(local $n i32) ${repeatWat('n', 1_000_000, '')}` }),
    settings: { limits: { fuelPerSecond: 20_000_000, fuelBurst: 1_000_000 } },
    expected: { ...IN_VAIN, counters: { fuelPauses: 1 }, reports: ['LIMIT_FUEL'] },
  },
  {
    name: 'flood-drop-oldest',
    tries: 'Fills its own input far beyond its room; the oldest messages make room.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      attack: `(local $n i32) ${repeatWat('n', 500, expectWat(emit(1_000), 0))}`,
    }),
    routes: { 'flood-drop-oldest': selfRoute('flood-drop-oldest', 'out') },
    expected: { ...IN_VAIN, matched: { 'flood-drop-oldest': 500 } },
  },
  {
    name: 'flood-reject',
    tries: 'Fills its own input far beyond its room; what finds none is rejected.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      attack: `(local $n i32) ${repeatWat('n', 500, expectWat(emit(1_000), 0))}`,
    }),
    settings: { inputs: { in: { bytes: 65_536, policy: 'reject' } } },
    routes: { 'flood-reject': selfRoute('flood-reject', 'out') },
    expected: {
      ...IN_VAIN,
      counters: { queueFull: 439 },
      reports: ['LIMIT_QUEUE'],
      matched: { 'flood-reject': 500 },
    },
  },
  {
    name: 'flood-upstream',
    tries: 'Emits messages of the largest size to the hub until there is no room, in one event.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      attack: `(local $n i32) (local.set $n (i32.const 0))
        (loop $l
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $l (i32.eqz ${emit(32_768)})))
        (if (i32.gt_u (local.get $n) (i32.const 1000)) (then unreachable))`,
    }),
    routes: { 'flood-upstream': 'FROM /messages/modules/flood-upstream/* INTO $upstream' },
    expected: { ...IN_VAIN, counters: { queueFull: 1 }, reports: ['LIMIT_QUEUE'] },
  },
  {
    name: 'flood-hops',
    tries: 'Sends itself every message that it gets, so that one message never ends.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      onEvent: `(if ${isKind(2)} (then ${expectWat(emit(8), 0)}))`,
      attack: expectWat(emit(8), 0),
    }),
    routes: { 'flood-hops': selfRoute('flood-hops', 'out') },
    expected: { ...IN_VAIN, counters: { hopsExceeded: 1 }, reports: ['LIMIT_HOPS'], matched: { 'flood-hops': 32 } },
  },
  {
    name: 'flood-doubling',
    tries: 'Sends itself two messages for each that it gets, four billion in the end.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      functions: '(global $left (mut i32) (i32.const 2000))',
      onStart: OPEN_OUTPUT,
      onEvent: `(if ${isKind(2)} (then
        (if (i32.eqz (global.get $left)) (then (return)))
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (drop ${emit(8)}) (drop ${emit(8)})))`,
      attack: expectWat(emit(8), 0),
    }),
    settings: { inputs: { in: { bytes: 4_096, policy: 'drop-oldest' } } },
    routes: { 'flood-doubling': selfRoute('flood-doubling', 'out') },
    expected: {
      ...IN_VAIN,
      counters: { queueFull: 1_384, hopsExceeded: 110 },
      reports: ['LIMIT_QUEUE', 'LIMIT_HOPS'],
      matched: { 'flood-doubling': 2_877 },
    },
  },
  {
    name: 'flood-large-message',
    tries: 'Emits messages one byte above its limit, and one of four GiB in parts.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      pages: 4,
      onStart: OPEN_OUTPUT,
      attack: `
        ${expectWat(emit(32_769), -3)}
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const 32768) (i32.const 8192) (i32.const 1))', -3)}`,
    }),
    expected: { ...IN_VAIN, counters: { messageLimit: 2 }, reports: ['LIMIT_MESSAGE'] },
  },
  {
    name: 'flood-forged-properties',
    tries: 'Claims to be another module in the properties of a message.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: `${OUT} ${['$.cdid', '$.cmid', '$.on', '$.mid'].map((key, n) => dataWat(64 + 64 * n, `${String.fromCharCode(key.length)}\0\x05\0${key}admin`)).join(' ')}`,
      onStart: OPEN_OUTPUT,
      attack: ['$.cdid', '$.cmid', '$.on', '$.mid']
        .map((key, n) =>
          expectWat(
            `(call $message.emit (i32.const 0) (i32.const 0) (i32.const ${64 + 64 * n}) (i32.const ${key.length + 9}) (i32.const 0) (i32.const 0))`,
            -1,
          ),
        )
        .join(''),
    }),
    expected: { ...IN_VAIN, counters: { invalid: 4 }, reports: ['GUEST_ARGUMENT'] },
  },
  {
    name: 'flood-properties',
    tries: 'Emits a message with one property more than there may be, and one with a property twice.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: `${OUT} ${dataWat(64, Array.from({ length: 65 }, (_, n) => `\x02\0\0\0${String(n).padStart(2, '0')}`).join(''))}
        ${dataWat(1_024, '\x01\0\0\0a\x01\0\0\0a')}`,
      onStart: OPEN_OUTPUT,
      attack: `
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 390) (i32.const 0) (i32.const 0))', -1)}
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 384) (i32.const 0) (i32.const 0))', 0)}
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 10) (i32.const 0) (i32.const 0))', -1)}`,
    }),
    expected: { ...IN_VAIN, counters: { invalid: 2, unrouted: 1 }, reports: ['GUEST_ARGUMENT'] },
  },
  {
    name: 'flood-names',
    tries: 'Opens more inputs and outputs than a module may have, each of which would be a queue.',
    module: attackWat({
      imports: ['message.input', 'message.output'],
      data: dataWat(0, Array.from({ length: 100 }, (_, n) => `n${String(n).padStart(3, '0')}`).join('')),
      attack: Array.from({ length: 100 }, (_, n) =>
        ['input', 'output']
          .map((port) => expectWat(`(call $message.${port} (i32.const ${4 * n}) (i32.const 4))`, n < 64 ? n : -3))
          .join(''),
      ).join(''),
    }),
    expected: IN_VAIN,
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
    name: 'flood-requests',
    tries: 'Asks a device for more than it may have pending.',
    module: attackWat({
      imports: ['modbus.request'],
      data: dataWat(0, READ),
      attack: `(local $n i32)
        ${repeatWat('n', 16, `(if (i32.lt_s (call $modbus.request (i32.const 0) (i32.const ${READ.length})) (i32.const 1)) (then unreachable))`)}
        ${repeatWat('n', 100, expectWat(`(call $modbus.request (i32.const 0) (i32.const ${READ.length}))`, -3))}`,
    }),
    settings: { grants: MODBUS },
    expected: { ...IN_VAIN, counters: { requestLimit: 100 }, reports: ['LIMIT_REQUESTS'] },
  },
  {
    name: 'flood-denied-requests',
    tries: 'Asks a device for a register outside of its grant, again and again.',
    module: attackWat({
      imports: ['modbus.request'],
      data: dataWat(0, READ_OUTSIDE),
      attack: `(local $n i32)
        ${repeatWat('n', 100, expectWat(`(call $modbus.request (i32.const 0) (i32.const ${READ_OUTSIDE.length}))`, -2))}`,
    }),
    settings: { grants: MODBUS },
    expected: { ...IN_VAIN, counters: { denied: 100 }, reports: ['CAPABILITY_DENIED'] },
  },
  {
    name: 'flood-subscriptions',
    tries: 'Subscribes to the same poll again and again.',
    module: attackWat({
      imports: ['modbus.request'],
      data: dataWat(0, SUBSCRIBE),
      attack: `(local $n i32)
        ${repeatWat('n', 16, `(if (i32.lt_s (call $modbus.request (i32.const 0) (i32.const ${SUBSCRIBE.length})) (i32.const 1)) (then unreachable))`)}
        ${repeatWat('n', 4, expectWat(`(call $modbus.request (i32.const 0) (i32.const ${SUBSCRIBE.length}))`, -3))}`,
    }),
    settings: { grants: MODBUS },
    expected: { ...IN_VAIN, counters: { requestLimit: 4 }, reports: ['LIMIT_REQUESTS'] },
  },
  {
    name: 'flood-garbage-requests',
    tries: 'Asks a device with requests that are none.',
    module: attackWat({
      imports: ['modbus.request'],
      data: dataWat(0, new Uint8Array(4_096).fill(0xff)),
      attack: Array.from({ length: 64 }, (_, n) =>
        expectWat(`(call $modbus.request (i32.const ${n}) (i32.const ${1 + n * 63}))`, -1),
      ).join(''),
    }),
    settings: { grants: MODBUS },
    expected: { ...IN_VAIN, counters: { invalid: 64 }, reports: ['GUEST_ARGUMENT'] },
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
  {
    name: 'flood-dead-letters',
    tries: 'Sends itself a message on which it traps, so that it would trap for ever.',
    module: attackWat({
      imports: EMIT_IMPORTS,
      data: OUT,
      onStart: OPEN_OUTPUT,
      onEvent: `(if ${isKind(2)} (then unreachable))`,
      attack: expectWat(emit(8), 0),
    }),
    routes: { 'flood-dead-letters': selfRoute('flood-dead-letters', 'out') },
    expected: {
      ...IN_VAIN,
      failures: [
        { code: 'MODULE_TRAPPED', says: 'unreachable' },
        { code: 'MODULE_TRAPPED', says: 'unreachable' },
      ],
      counters: { trapped: 2, deadLettered: 1 },
      reports: ['MODULE_TRAPPED'],
    },
  },
  {
    name: 'flood-effects-and-trap',
    tries: 'Emits, reports, answers, sets a timer, asks a device and writes state, and then traps.',
    module: attackWat({
      imports: [...EMIT_IMPORTS, 'timer.set', 'twin.report', 'kv.set', 'modbus.request'],
      data: `${OUT} ${dataWat(64, '{"a":1}')} ${dataWat(128, READ)}`,
      onStart: OPEN_OUTPUT,
      onEvent: `(if (i32.or ${isKind(2)} (i32.or ${isKind(3)} ${isKind(6)})) (then unreachable))`,
      attack: `
        ${expectWat(emit(8), 0)}
        ${expectWat('(call $twin.report (i32.const 64) (i32.const 7))', 0)}
        ${expectWat('(call $method.respond (i32.load offset=24 (local.get $frame)) (i32.const 200) (i32.const 0) (i32.const 0))', 0)}
        ${expectWat('(call $timer.set (i32.const 0) (i32.const 0) (i32.const 0))', 0)}
        (drop (call $modbus.request (i32.const 128) (i32.const ${READ.length})))
        ${expectWat('(call $kv.set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 3))', 0)}
        unreachable`,
    }),
    settings: { grants: { ...MODBUS, kv: { bytes: 1_000 } } },
    routes: { 'flood-effects-and-trap': selfRoute('flood-effects-and-trap', 'out') },
    expected: {
      kind: 'runs',
      answer: 500,
      failures: [{ code: 'MODULE_TRAPPED', says: 'unreachable' }],
      counters: { trapped: 1 },
      stateBytes: 0,
      reported: {},
    },
  },
];
