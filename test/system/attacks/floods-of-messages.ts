import type { Attack } from './attack.ts';
import { attackWat, dataWat, expectWat, repeatWat } from './attack-wat.ts';
import { EMIT_IMPORTS, emit, isKind, OPEN_OUTPUT, OUT } from './flood-wat.ts';
import { IN_VAIN } from './outcomes.ts';
import { selfRoute } from './self-route.ts';

/** More messages, larger ones and with more properties than there may be. */
export const MESSAGE_FLOODS: readonly Attack[] = [
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
];
