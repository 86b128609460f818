import type { ErrorCode } from '../../../host/src/errors.ts';
import type { Attack } from './attack.ts';
import { attackWat, dataWat, expectWat } from './attack-wat.ts';
import { selfRoute } from './self-route.ts';

/** Bytes of the memory of these modules. */
const SIZE = 131_072;
const INVALID = -1;
const LIMIT = -3;
const NOT_FOUND = -5;
/** What the host calls the sender of the messages that one of these modules sends to itself. */
const SOURCE = 'gateway/pointer-source-buffer/out';
const GRANTS = {
  kv: { bytes: 200_000 },
  modbus: [{ device: 'pump', read: ['holding:0-3'], write: [], poll: [] }],
};

/** Ranges at every boundary of memory and of 32 bits; whether they lie inside. */
const RANGES: readonly (readonly [pointer: number, length: number, fits: boolean])[] = [
  [0, 0, true],
  [SIZE, 0, true],
  [SIZE - 1, 1, true],
  [SIZE + 1, 0, false],
  [SIZE, 1, false],
  [SIZE - 1, 2, false],
  [0, SIZE + 1, false],
  [1, SIZE, false],
  [-1, 0, false],
  [-1, 1, false],
  [-1, -1, false],
  [1, -1, false],
  [0x8000_0000, 0x8000_0000, false],
  [0x7fff_ffff, 0x7fff_ffff, false],
  [8, 0x7fff_ffff, false],
];

/** What one call returns, and the counter that it moves. */
interface Answer {
  readonly status: number;
  readonly counter?: string;
}
const invalid: Answer = { status: INVALID, counter: 'invalid' };
const CODES: Readonly<Record<string, ErrorCode>> = {
  invalid: 'GUEST_ARGUMENT',
  messageLimit: 'LIMIT_MESSAGE',
  twinLimit: 'LIMIT_TWIN',
  stateLimit: 'LIMIT_STATE',
  logDropped: 'LIMIT_LOG',
};

/** Calls an import with every range and compares what it returns; the module traps if a single one is wrong. */
function ranges(
  name: string,
  what: string,
  call: (pointer: string, length: string) => string,
  imports: readonly string[],
  answer: (fits: boolean, length: number) => Answer,
  more: { readonly onStart?: string; readonly bytesMax?: number } = {},
): Attack {
  const { bytesMax = Number.POSITIVE_INFINITY } = more;
  const used = RANGES.filter(([, length]) => length >>> 0 <= bytesMax || length >>> 0 > SIZE);
  const answers = used.map(([pointer, length, fits]) => ({ pointer, length, ...answer(fits, length >>> 0) }));
  const counters: Record<string, number> = {};
  for (const { counter } of answers) if (counter !== undefined) counters[counter] = (counters[counter] ?? 0) + 1;
  const calls = answers.map(({ pointer, length, status }) =>
    expectWat(call(`(i32.const ${pointer})`, `(i32.const ${length})`), status),
  );
  return {
    name: `pointer-${name}`,
    tries: `Hands ${what} at every boundary of its memory and of 32 bits.`,
    module: attackWat({
      imports,
      data: `${dataWat(0, 'key')} (data (i32.const ${SIZE - 1}) "k")`,
      attack: calls.join('\n'),
      ...(more.onStart === undefined ? {} : { onStart: more.onStart }),
    }),
    settings: { grants: GRANTS },
    expected: {
      kind: 'runs',
      answer: 200,
      counters,
      reports: Object.keys(counters).flatMap((counter) => CODES[counter] ?? []),
    },
  };
}

const ok = (status = 0): Answer => ({ status });
const OPEN_OUTPUT = '(drop (call $message.output (i32.const 0) (i32.const 3)))';
const name = (fits: boolean, length: number): Answer => (fits && length > 0 ? ok() : invalid);

/** Pointers and lengths that are not what they seem, for every import that takes one. */
export const POINTERS: readonly Attack[] = [
  ranges(
    'input-name',
    'message.input a name',
    (pointer, length) => `(call $message.input ${pointer} ${length})`,
    ['message.input'],
    name,
  ),
  ranges(
    'output-name',
    'message.output a name',
    (pointer, length) => `(call $message.output ${pointer} ${length})`,
    ['message.output'],
    name,
  ),
  ranges(
    'emit-body',
    'message.emit a body',
    (pointer, length) =>
      `(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) ${pointer} ${length})`,
    ['message.output', 'message.emit'],
    (fits) => (fits ? { status: 0, counter: 'unrouted' } : invalid),
    { onStart: OPEN_OUTPUT },
  ),
  ranges(
    'emit-properties',
    'message.emit a property block',
    (pointer, length) =>
      `(call $message.emit (i32.const 0) (i32.const 0) ${pointer} ${length} (i32.const 0) (i32.const 0))`,
    ['message.output', 'message.emit'],
    (fits, length) => (fits && length === 0 ? { status: 0, counter: 'unrouted' } : invalid),
    { onStart: OPEN_OUTPUT },
  ),
  ranges(
    'log',
    'log.write a text',
    (pointer, length) => `(call $log.write (i32.const 6) ${pointer} ${length})`,
    ['log.write'],
    (fits, length) => (fits ? ok() : length > 8_192 ? { status: LIMIT, counter: 'logDropped' } : invalid),
  ),
  ranges(
    'twin',
    'twin.report a patch',
    (pointer, length) => `(call $twin.report ${pointer} ${length})`,
    ['twin.report'],
    (_, length) => (length > 131_072 ? { status: LIMIT, counter: 'twinLimit' } : invalid),
    // A longer one is worth all the fuel of the call, also where it is none.
    { bytesMax: 65_536 },
  ),
  ranges(
    'respond',
    'method.respond a payload',
    (pointer, length) => `(call $method.respond (i32.const -1) (i32.const 200) ${pointer} ${length})`,
    ['method.respond'],
    (fits, length) => {
      if (length > 131_072) return { status: LIMIT, counter: 'messageLimit' };
      return fits && length === 0 ? ok(NOT_FOUND) : invalid;
    },
  ),
  ranges(
    'kv-key',
    'kv.get a key',
    (pointer, length) => `(call $kv.get ${pointer} ${length} (i32.const 0) (i32.const 0))`,
    ['kv.get'],
    (fits, length) => (fits && length > 0 ? ok(NOT_FOUND) : invalid),
  ),
  ranges(
    'kv-buffer',
    'kv.get a buffer',
    (pointer, length) => `(call $kv.get (i32.const 0) (i32.const 3) ${pointer} ${length})`,
    ['kv.get'],
    (fits) => (fits ? ok(NOT_FOUND) : invalid),
  ),
  ranges(
    'kv-value',
    'kv.set a value',
    (pointer, length) => `(call $kv.set (i32.const 0) (i32.const 3) ${pointer} ${length})`,
    ['kv.set'],
    (fits) => (fits ? ok() : invalid),
  ),
  ranges(
    'kv-remove',
    'kv.remove a key',
    (pointer, length) => `(call $kv.remove ${pointer} ${length})`,
    ['kv.remove'],
    (fits, length) => (fits && length > 0 ? ok(NOT_FOUND) : invalid),
  ),
  ranges(
    'request',
    'modbus.request a payload',
    (pointer, length) => `(call $modbus.request ${pointer} ${length})`,
    ['modbus.request'],
    () => invalid,
  ),
  {
    name: 'pointer-source-buffer',
    tries:
      'Asks for the name of a source into a buffer outside of its memory, and for sources that it was not told of.',
    module: attackWat({
      imports: ['message.output', 'message.emit', 'message.source'],
      data: dataWat(0, 'out'),
      onStart: OPEN_OUTPUT,
      attack: `
        ${expectWat('(call $message.source (i32.const 0) (i32.const 0) (i32.const 64))', NOT_FOUND)}
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 3))', 0)}`,
      onEvent: `(local $source i32)
        (if (i32.ne (i32.load16_u (local.get $frame)) (i32.const 2)) (then (return)))
        (local.set $source (i32.load offset=28 (local.get $frame)))
        ${RANGES.filter(([, , fits]) => !fits)
          .map(([pointer, length]) =>
            expectWat(
              `(call $message.source (local.get $source) (i32.const ${pointer}) (i32.const ${length}))`,
              INVALID,
            ),
          )
          .join('')}
        ${expectWat(`(call $message.source (local.get $source) (i32.const ${SIZE}) (i32.const 0))`, SOURCE.length)}
        ${[-1, 0x7fff_ffff, 0x8000_0000]
          .map((id) => expectWat(`(call $message.source (i32.const ${id}) (i32.const 0) (i32.const 64))`, NOT_FOUND))
          .join('')}
        ${expectWat('(call $message.source (i32.add (local.get $source) (i32.const 1)) (i32.const 0) (i32.const 64))', NOT_FOUND)}`,
    }),
    routes: { 'pointer-source': selfRoute('pointer-source-buffer', 'out') },
    expected: {
      kind: 'runs',
      answer: 200,
      counters: { invalid: RANGES.filter(([, , fits]) => !fits).length },
      reports: ['GUEST_ARGUMENT'],
      matched: { 'pointer-source': 1 },
    },
  },
  {
    name: 'pointer-abort',
    tries: 'Gives reasons that lie outside of its memory, and aborts.',
    module: attackWat({
      imports: ['log.abort'],
      attack: `
        ${RANGES.map(([pointer, length]) => expectWat(`(call $log.abort (i32.const ${pointer}) (i32.const ${length}) (i32.const ${pointer}) (i32.const ${length}) (i32.const 1) (i32.const 2))`, 0)).join('')}
        unreachable`,
    }),
    expected: {
      kind: 'runs',
      answer: 500,
      failures: [{ code: 'MODULE_ABORTED', says: 'no message (unknown file:1:2)' }],
      counters: { trapped: 1 },
    },
  },
  {
    name: 'pointer-ids',
    tries: 'Uses ids of outputs, timers, levels and methods that it was never given.',
    module: attackWat({
      imports: ['message.output', 'message.emit', 'timer.set', 'timer.clear', 'log.write'],
      data: dataWat(0, 'out'),
      onStart: OPEN_OUTPUT,
      attack: [
        ...[1, 64, -1, 0x7fff_ffff, 0x8000_0000].map((id) =>
          expectWat(
            `(call $message.emit (i32.const ${id}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))`,
            INVALID,
          ),
        ),
        ...[2, -1, 0x100].map((flags) =>
          expectWat(
            `(call $message.emit (i32.const 0) (i32.const ${flags}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))`,
            INVALID,
          ),
        ),
        ...[64, -1, 0x8000_0000].flatMap((id) => [
          expectWat(`(call $timer.set (i32.const ${id}) (i32.const 0) (i32.const 0))`, INVALID),
          expectWat(`(call $timer.clear (i32.const ${id}))`, INVALID),
        ]),
        expectWat('(call $timer.set (i32.const 0) (i32.const -1) (i32.const 0))', INVALID),
        expectWat('(call $timer.set (i32.const 0) (i32.const 0) (i32.const -1))', INVALID),
        ...[0, 5, 8, -1].map((level) =>
          expectWat(`(call $log.write (i32.const ${level}) (i32.const 0) (i32.const 3))`, INVALID),
        ),
        ...[0, -1, 0x8000_0000].map((status) =>
          expectWat(`(call $method.respond (i32.const 1) (i32.const ${status}) (i32.const 0) (i32.const 0))`, INVALID),
        ),
      ].join(''),
    }),
    expected: { kind: 'runs', answer: 200, counters: { invalid: 5 + 3 + 6 + 2 + 4 + 3 }, reports: ['GUEST_ARGUMENT'] },
  },
];
