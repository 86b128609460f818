import type { JsonObject } from '../../../host/src/json/index.ts';
import type { Attack, Refused } from './attack.ts';
import { attackWat, dataWat, expectWat } from './attack-wat.ts';
import { IN_VAIN } from './outcomes.ts';
import { selfRoute } from './self-route.ts';

const HARMLESS = attackWat({ attack: '' });

const lie = (
  name: string,
  tries: string,
  description: JsonObject | string | Uint8Array,
  expected: Attack['expected'],
  more: Partial<Attack> = {},
): Attack => ({ name: `lie-${name}`, tries, module: HARMLESS, description, expected, ...more });

const invalid = (says: string): Refused => ({ kind: 'refused', code: 'MODULE_MANIFEST_INVALID', at: 'image', says });

/** Descriptions that say other things than the module does. */
export const MANIFEST_LIES: readonly Attack[] = [
  lie(
    'version',
    'Says that it is made for another version of the ABI.',
    { abi: 2 },
    {
      kind: 'refused',
      code: 'ABI_VERSION',
      at: 'image',
      says: 'version 2 of the ABI',
    },
  ),
  lie(
    'no-capabilities',
    'Says that it needs nothing, and imports state all the same.',
    { capabilities: [] },
    {
      kind: 'refused',
      code: 'IMPORT_NOT_GRANTED',
      at: 'image',
      says: 'its description does not ask for the capability "kv"',
    },
    { module: attackWat({ attack: '', imports: ['kv.get'] }), settings: { grants: { kv: { bytes: 1_000 } } } },
  ),
  lie(
    'memory',
    'Asks for a GiB of memory, and gets what it is granted.',
    { limits: { memoryBytes: 1_073_741_824 } },
    {
      ...IN_VAIN,
      memoryBytes: 4_194_304,
    },
    {
      module: attackWat({ attack: '(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))' }),
    },
  ),
  lie(
    'less-memory',
    'Asks for less memory than it begins with.',
    { limits: { memoryBytes: 65_536 } },
    { kind: 'refused', code: 'WASM_LIMIT', at: 'limits.memoryBytes', says: 'memoryBytes is 131072' },
  ),
  lie(
    'unknown-limit',
    'Asks for a limit that does not exist.',
    { limits: { fuelPerEternity: 1 } },
    invalid('fuelPerEternity'),
  ),
  lie('negative-limit', 'Asks for a negative limit.', { limits: { timers: -1 } }, invalid('limits.timers')),
  lie('fractional-limit', 'Asks for half a timer.', { limits: { timers: 0.5 } }, invalid('limits.timers')),
  lie(
    'limit-as-text',
    'Asks for a limit in words.',
    { limits: { memoryBytes: '1 GiB' } },
    invalid('limits.memoryBytes'),
  ),
  lie(
    'no-outputs',
    'Says that it has no outputs, and opens one.',
    { outputs: [] },
    {
      ...IN_VAIN,
      counters: { unlisted: 1 },
      reports: ['GUEST_ARGUMENT'],
    },
    {
      module: attackWat({
        imports: ['message.output'],
        data: dataWat(0, 'out'),
        attack: expectWat('(call $message.output (i32.const 0) (i32.const 3))', -5),
      }),
    },
  ),
  lie(
    'no-inputs',
    'Says that it has no inputs, and asks for one.',
    { inputs: [] },
    {
      ...IN_VAIN,
      counters: { unlisted: 1 },
      reports: ['GUEST_ARGUMENT'],
    },
    {
      module: attackWat({
        imports: ['message.input'],
        data: dataWat(0, 'in'),
        attack: expectWat('(call $message.input (i32.const 0) (i32.const 2))', -5),
      }),
    },
  ),
  lie(
    'no-methods',
    'Says that it has no direct methods, so that nobody reaches it.',
    { methods: [] },
    {
      kind: 'runs',
      answer: 404,
    },
  ),
  lie(
    'json',
    'Says that its output is JSON, and emits something else; a route that reads the body does not take it.',
    {
      outputs: ['out'],
      contentTypes: { out: 'application/json' },
    },
    { ...IN_VAIN, counters: { unrouted: 1 }, matched: { 'lie-json': 0 } },
    {
      module: attackWat({
        imports: ['message.output', 'message.emit'],
        data: dataWat(0, 'out'),
        attack: `(drop (call $message.output (i32.const 0) (i32.const 3)))
        ${expectWat('(call $message.emit (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 3))', 0)}`,
      }),
      routes: { 'lie-json': selfRoute('lie-json', 'out', '$body.a = 1') },
    },
  ),
  lie(
    'name',
    'Has a name that leads out of a folder.',
    { name: '../../etc/passwd' },
    invalid('name in the module description'),
  ),
  lie(
    'long-name',
    'Has a name of 129 characters.',
    { name: 'n'.repeat(129) },
    invalid('name in the module description'),
  ),
  lie('semver', 'Has a version that is none.', { version: '1.0' }, invalid('version in the module description')),
  lie(
    'many-inputs',
    'Lists more inputs than a module may have.',
    { inputs: Array.from({ length: 65 }, (_, n) => `i${n}`) },
    invalid('at most 64 names'),
  ),
  lie('same-input', 'Lists an input twice.', { inputs: ['in', 'in'] }, invalid('a name only once')),
  lie('array', 'Is described by a list.', '[{"name":"m","version":"1.0.0"}]', invalid('expected an object')),
  lie('unknown-field', 'Asks for what the format does not have.', { grants: { kv: { bytes: 1 } } }, invalid('grants')),
  lie(
    'utf-16',
    'Is described in another encoding.',
    new Uint8Array(Buffer.from('{"name":"m","version":"1.0.0"}', 'utf16le')),
    invalid('JSON in UTF-8'),
  ),
  lie(
    'byte-order-mark',
    'Begins its description with a byte order mark.',
    '\ufeff{"name":"m","version":"1.0.0"}',
    invalid('JSON in UTF-8'),
  ),
  lie(
    'not-utf-8',
    'Is described in bytes that are no text.',
    Uint8Array.of(0x7b, 0xff, 0x7d),
    invalid('JSON in UTF-8'),
  ),
];
