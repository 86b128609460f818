import type { Attack } from './attack.ts';
import { attackWat, dataWat, expectWat, repeatWat } from './attack-wat.ts';
import { EMIT_IMPORTS, emit, isKind, OPEN_OUTPUT, OUT } from './flood-wat.ts';
import { IN_VAIN } from './outcomes.ts';
import { selfRoute } from './self-route.ts';

const MODBUS = { modbus: [{ device: 'pump', read: ['holding:0-3'], write: [], poll: ['fast'] }] };
/** Requests in the form of docs/modbus.md: reads of register 0, which is granted, and 4, which is not. */
const READ = '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump';
const READ_OUTSIDE = '\x03\x04\x04\0\x01\0\0\0\0\0\0\0pump';
const SUBSCRIBE = '\0\x04\0\0\x04\0\0\0\0\0\0\0fastpump';

/** More requests to devices than there may be, and such as are none. */
export const REQUEST_FLOODS: readonly Attack[] = [
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
