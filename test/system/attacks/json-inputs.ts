import type { JsonObject, JsonValue } from '../../../host/src/json/index.ts';
import type { Attack, Runs } from './attack.ts';
import { attackWat, dataWat, expectWat } from './attack-wat.ts';
import { IN_VAIN, OUT_OF_FUEL } from './outcomes.ts';
import { selfRoute } from './self-route.ts';

/** Where the text lies, behind the inbox; its pages are there for the largest one. */
const TEXT_AT = 65_536;
const PAGES = 8;
const INVALID = -1;
const LIMIT = -3;
const DEPTH = 30_000;

const textOf = (text: string | Uint8Array): { readonly data: string; readonly bytes: number } => ({
  data: dataWat(TEXT_AT, text),
  bytes: Buffer.byteLength(text),
});
/** Lists in lists in lists, with `inner` in the last. */
const nested = (depth: number, inner = ''): string => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
const SURROGATE_BYTES = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]);

/** A patch of reported properties that is refused with a status, or taken. */
function report(
  name: string,
  tries: string,
  text: string | Uint8Array,
  status: number,
  reported: JsonObject = {},
): Attack {
  const { data, bytes } = textOf(text);
  const refusal: Partial<Runs> =
    status === 0
      ? {}
      : status === LIMIT
        ? { counters: { twinLimit: 1 }, reports: ['LIMIT_TWIN'] }
        : { counters: { invalid: 1 }, reports: ['GUEST_ARGUMENT'] };
  return {
    name: `json-report-${name}`,
    tries: `Reports ${tries}.`,
    module: attackWat({
      imports: ['twin.report'],
      data,
      pages: PAGES,
      attack: expectWat(`(call $twin.report (i32.const ${TEXT_AT}) (i32.const ${bytes}))`, status),
    }),
    expected: { ...IN_VAIN, reported, ...refusal },
  };
}

/** A payload of an answer to a direct method. */
function answer(name: string, tries: string, text: string | Uint8Array, status: number, answers?: JsonValue): Attack {
  const { data, bytes } = textOf(text);
  const refusal: Partial<Runs> =
    status === LIMIT
      ? { counters: { messageLimit: 1 }, reports: ['LIMIT_MESSAGE'] }
      : { counters: { invalid: 1 }, reports: ['GUEST_ARGUMENT'] };
  return {
    name: `json-answer-${name}`,
    tries: `Answers a direct method with ${tries}.`,
    module: attackWat({
      data,
      pages: PAGES,
      attack: expectWat(
        `(call $method.respond (i32.load offset=24 (local.get $frame)) (i32.const 201) (i32.const ${TEXT_AT}) (i32.const ${bytes}))`,
        status,
      ),
    }),
    expected: status === 0 ? { kind: 'runs', answer: 201, answers: answers as JsonValue } : { ...IN_VAIN, ...refusal },
  };
}

/** A body that a route with a condition reads; whether the route takes it. */
function body(
  name: string,
  tries: string,
  text: string | Uint8Array,
  condition: string,
  isTaken: boolean,
  properties = '',
): Attack {
  const id = `json-body-${name}`;
  const { data, bytes } = textOf(text);
  return {
    name: id,
    tries: `Sends a body with ${tries} past a route that reads it.`,
    module: attackWat({
      imports: ['message.output', 'message.emit'],
      data: `${dataWat(0, 'out')} ${dataWat(64, properties)} ${data}`,
      pages: PAGES,
      onStart: '(drop (call $message.output (i32.const 0) (i32.const 3)))',
      attack: expectWat(
        `(call $message.emit (i32.const 0) (i32.const ${properties === '' ? 1 : 0}) (i32.const 64) (i32.const ${Buffer.byteLength(properties)}) (i32.const ${TEXT_AT}) (i32.const ${bytes}))`,
        0,
      ),
    }),
    settings: { limits: { messageBytes: 262_144 }, inputs: { in: { bytes: 524_288 } } },
    routes: { [id]: selfRoute(id, 'out', condition) },
    expected: { ...IN_VAIN, matched: { [id]: isTaken ? 1 : 0 }, ...(isTaken ? {} : { counters: { unrouted: 1 } }) },
  };
}

const property = (key: string, value: string): string =>
  `${String.fromCharCode(key.length)}\0${String.fromCharCode(value.length)}\0${key}${value}`;
const JSON_UTF_32 = property('$.ct', 'application/json') + property('$.ce', 'utf-32');
const JSON_UTF_16 = property('$.ct', 'application/json') + property('$.ce', 'utf-16');

/** Hostile JSON that a module writes at run time: reported properties, answers of direct methods, bodies of messages. */
export const JSON_INPUTS: readonly Attack[] = [
  report('depth', 'properties eleven levels deep', `${'{"a":'.repeat(11)}1${'}'.repeat(11)}`, LIMIT),
  report('deep-lists', 'lists in lists, thirty thousand levels deep', `{"a":${nested(DEPTH)}}`, LIMIT),
  report('unclosed', 'eighty thousand lists that never close', `{"a":${'['.repeat(80_000)}`, INVALID),
  report('proto', 'a property called __proto__', '{"__proto__":{"isAdmin":true}}', INVALID),
  report(
    'proto-in-list',
    'a property called __proto__ inside a list',
    '{"a":[{"__proto__":{"isAdmin":true}}]}',
    INVALID,
  ),
  report(
    'constructor',
    'properties called constructor and prototype',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    0,
    { constructor: { prototype: { isAdmin: true } } } as unknown as JsonObject,
  ),
  report('duplicate', 'a property twice; the last one counts, on both sides', '{"a":1,"a":{"b":2},"a":3}', 0, { a: 3 }),
  report('surrogate', 'half a surrogate pair, which no hub can store', '{"a":"\\ud800"}', INVALID),
  report('surrogate-key', 'a key with half a surrogate pair', '{"\\udfff":1}', INVALID),
  report('surrogate-in-list', 'half a surrogate pair inside a list', '{"a":["\\ud83d"]}', INVALID),
  report('surrogate-bytes', 'bytes of half a surrogate pair, which are no UTF-8', SURROGATE_BYTES, INVALID),
  report('long-text', 'a text one byte longer than it may be', `{"a":"${'x'.repeat(4_097)}"}`, LIMIT),
  report('long-key', 'a key one byte longer than it may be', `{"${'k'.repeat(1_025)}":1}`, LIMIT),
  report(
    'section',
    'more properties than a section may have',
    JSON.stringify(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`k${n}`, 'x'.repeat(4_000)]))),
    LIMIT,
  ),
  report('size', 'a text larger than any section', `{"a":"${' '.repeat(131_072)}"}`, LIMIT),
  report('infinity', 'a number that is read as infinity', '{"a":1e999}', INVALID),
  report('large-integer', 'an integer that a hub would round', '{"a":9007199254740993}', INVALID),
  report('control-key', 'a key with a control character', '{"a\\u0000b":1}', INVALID),
  report('dotted-key', 'a key with a dot, which would be a path', '{"a.b":1}', INVALID),
  report('list', 'a list and not an object', '[{"a":1}]', INVALID),
  report('byte-order-mark', 'a byte order mark before the object', '\ufeff{"a":1}', INVALID),

  answer('depth', 'lists in lists, thirty thousand levels deep', nested(DEPTH), INVALID),
  answer('unclosed', 'a hundred thousand lists that never close', '['.repeat(100_000), INVALID),
  answer('size', 'one byte more than a payload may have', `"${'x'.repeat(131_071)}"`, LIMIT),
  answer(
    'proto',
    'a property called __proto__, which stays a property',
    '{"__proto__":{"isAdmin":true}}',
    0,
    JSON.parse('{"__proto__":{"isAdmin":true}}') as JsonValue,
  ),
  answer('duplicate', 'a property twice', '{"a":1,"a":2}', 0, { a: 2 }),
  answer('surrogate', 'half a surrogate pair, which reaches the caller as it is', '"\\ud800"', 0, '\ud800'),
  answer('surrogate-bytes', 'bytes that are no UTF-8', SURROGATE_BYTES, INVALID),
  answer('no-json', 'something that is no JSON', 'undefined', INVALID),

  body('depth', 'a hundred thousand lists in lists', `{"a":1,"b":${nested(100_000)}}`, '$body.a = 1', true),
  body(
    'unclosed',
    'two hundred thousand lists that never close',
    `{"a":1,"b":${'['.repeat(200_000)}`,
    '$body.a = 1',
    false,
  ),
  body(
    'proto',
    'a __proto__ that has what the route asks for',
    '{"__proto__":{"isAdmin":1}}',
    '$body.isAdmin = 1',
    false,
  ),
  body(
    'constructor',
    'nothing, where the route asks for what every object has',
    '{}',
    'is_defined($body.constructor)',
    false,
  ),
  body('duplicate', 'a property twice; the last one counts', '{"a":0,"a":1}', '$body.a = 1', true),
  body('surrogate-bytes', 'bytes that are no UTF-8', SURROGATE_BYTES, 'is_defined($body.a)', false),
  body('infinity', 'a number that is read as infinity', '{"a":1e999}', '$body.a > 1', false),
  body(
    'sparse',
    'keys that look like indices of a huge list',
    '{"4294967294":1,"2147483648":1,"a":1}',
    '$body.a = 1',
    true,
  ),
  body(
    'utf-32',
    'characters beyond the last one',
    Buffer.from([0x00, 0x00, 0x11, 0x00]),
    'is_defined($body.a)',
    false,
    JSON_UTF_32,
  ),
  body('utf-32-cut', 'half a character', Buffer.from('{"a"'), 'is_defined($body.a)', false, `${JSON_UTF_32}`),
  body('utf-16-cut', 'an odd number of bytes', Buffer.from('{"a":1}'), 'is_defined($body.a)', false, JSON_UTF_16),
  {
    name: 'json-body-flood',
    tries: 'Emits the largest bodies for ever, each of which a route must parse.',
    module: attackWat({
      imports: ['message.output', 'message.emit'],
      data: dataWat(0, 'out'),
      pages: PAGES,
      onStart: '(drop (call $message.output (i32.const 0) (i32.const 3)))',
      attack: `
        (memory.fill (i32.const ${TEXT_AT}) (i32.const 0x5b) (i32.const 262144))
        (loop $l
          (drop (call $message.emit (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const ${TEXT_AT}) (i32.const 262144)))
          (br $l))`,
    }),
    settings: { limits: { messageBytes: 262_144 }, inputs: { in: { bytes: 524_288 } } },
    routes: { 'json-body-flood': selfRoute('json-body-flood', 'out', '$body.a = 1') },
    // Four are worth the fuel of a call; after that there is only `limit`, until the call has used up its own.
    expected: {
      ...OUT_OF_FUEL,
      counters: { ...OUT_OF_FUEL.counters, unrouted: 4, jsonLimit: 300 },
      reports: ['LIMIT_JSON'],
    },
  },
];
