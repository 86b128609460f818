import type { JsonObject } from '../../../host/src/json/index.ts';
import type { Attack, Refused } from './attack.ts';
import { attackWat } from './attack-wat.ts';
import { IN_VAIN } from './outcomes.ts';

const HARMLESS = attackWat({ attack: '' });
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const named = (more: string): string => `{"name":"m","version":"1.0.0",${more}}`;

function description(name: string, tries: string, text: string | JsonObject, says: string): Attack {
  const expected: Refused = { kind: 'refused', code: 'MODULE_MANIFEST_INVALID', at: 'image', says };
  return { name: `json-description-${name}`, tries, module: HARMLESS, description: text, expected };
}

function desired(name: string, tries: string, text: string, code: Refused['code'], at: string, says: string): Attack {
  const expected: Refused = { kind: 'refused', code, at, says };
  return { name: `json-desired-${name}`, tries, module: HARMLESS, desired: text, expected };
}

/** Hostile JSON in files: the description inside a module, and desired properties of a deployment. */
export const JSON_FILES: readonly Attack[] = [
  description(
    'depth',
    'Is described thirty thousand levels deep.',
    named(`"desired":{"a":${nested(30_000)}}`),
    'nested deeper than 32 levels',
  ),
  description('unclosed', 'Opens sixty thousand lists in its description.', `${'['.repeat(60_000)}`, 'JSON in UTF-8'),
  description(
    'size',
    'Has a description one byte larger than it may be.',
    named(`"description":"${'x'.repeat(65_536 - named('"description":""').length + 1)}"`),
    'at most 65536 bytes',
  ),
  description('proto', 'Has a field called __proto__.', named('"__proto__":{"limits":{}}'), '__proto__'),
  description(
    'duplicate',
    'Has two names, of which each reader may see another.',
    named('"name":"other"'),
    'appears twice',
  ),
  description(
    'duplicate-capabilities',
    'Asks for nothing first and for devices later.',
    named('"capabilities":[],"capabilities":["modbus"]'),
    'appears twice',
  ),
  description('surrogate', 'Has half a surrogate pair in its text.', named('"description":"\\ud800"'), 'surrogate'),
  description(
    'infinity',
    'Asks for an infinite amount of memory.',
    named('"limits":{"memoryBytes":1e999}'),
    'too large',
  ),
  {
    name: 'json-description-large',
    tries: 'Has a description of the largest size, most of it a schema that nobody reads.',
    module: HARMLESS,
    description: named(`"desired":{"enum":["${'x'.repeat(65_000)}"]}`),
    expected: IN_VAIN,
  },
  desired(
    'depth',
    'Has desired properties thirty-three levels deep.',
    `{"a":${nested(33)}}`,
    'JSON_SYNTAX',
    '',
    'nested deeper than 32 levels',
  ),
  desired(
    'twin-depth',
    'Has desired properties one level deeper than a twin may have.',
    `{"a":${nested(10)}}`,
    'LIMIT_TWIN',
    '',
    'at most 10 levels',
  ),
  desired(
    'duplicate',
    'Has a desired property twice.',
    '{"a":1,"a":2}',
    'JSON_SYNTAX',
    'properties.desired.a',
    'appears twice',
  ),
  desired(
    'proto',
    'Has a desired property called __proto__.',
    '{"__proto__":{"a":1}}',
    'JSON_SYNTAX',
    'properties.desired.__proto__',
    '"__proto__" is not allowed',
  ),
  desired(
    'surrogate',
    'Has half a surrogate pair in a desired property.',
    '{"a":"\\ud800"}',
    'JSON_SYNTAX',
    '',
    'half a surrogate pair',
  ),
  desired(
    'size',
    'Has more desired properties than a twin may hold.',
    JSON.stringify(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`k${n}`, 'x'.repeat(4_000)]))),
    'LIMIT_TWIN',
    'properties.desired',
    'at most 32768 bytes',
  ),
  desired('infinity', 'Has an infinite desired property.', '{"a":1e999}', 'JSON_SYNTAX', '', 'is too large'),
];
