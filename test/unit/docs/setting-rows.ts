import type { JsonObject, JsonValue } from '../../../host/src/json/value.ts';
import { JSON_SCHEMAS } from '../../../host/src/manifest/json-schemas.ts';

/** A part of a file that the document describes in one table. */
interface Part {
  readonly heading: string;
  readonly file: keyof typeof JSON_SCHEMAS;
  /** The way there: names of members, `*` for any name, a `type` where that decides. */
  readonly at: readonly string[];
  /** Members that have a table of their own or none. */
  readonly without?: readonly string[];
}

const AGENT = ['modulesContent', '$edgeAgent', 'properties.desired'];
const HUB = ['modulesContent', '$edgeHub', 'properties.desired'];
const MODULE = [...AGENT, 'modules', '*'];

/** The tables of `docs/manifest.md`. */
export const PARTS: readonly Part[] = [
  { heading: 'The agent', file: 'deployment.json', at: AGENT, without: ['modules', 'devices', 'lines'] },
  { heading: 'A module', file: 'deployment.json', at: MODULE, without: ['settings'] },
  {
    heading: 'Settings of a module',
    file: 'deployment.json',
    at: [...MODULE, 'settings'],
    without: ['grants', 'limits', 'inputs'],
  },
  { heading: 'Grants', file: 'deployment.json', at: [...MODULE, 'settings', 'grants'] },
  { heading: 'Limits', file: 'deployment.json', at: [...MODULE, 'settings', 'limits'] },
  { heading: 'Inputs', file: 'deployment.json', at: [...MODULE, 'settings', 'inputs', '*'] },
  { heading: 'Routes and storage', file: 'deployment.json', at: HUB },
  {
    heading: 'The gateway configuration',
    file: 'gateway.json',
    at: [],
    without: ['$schema', 'uplink', 'devices', 'lines', 'bluetooth', 'secrets', 'http', 'securityLog', 'metrics'],
  },
  {
    heading: 'The security log and metrics',
    file: 'gateway.json',
    at: [],
    without: [
      '$schema',
      'deviceId',
      'uplink',
      'devices',
      'lines',
      'bluetooth',
      'secrets',
      'http',
      'allowUnsigned',
      'trust',
      'stateFolder',
    ],
  },
  { heading: 'Secrets', file: 'gateway.json', at: ['secrets', '*'] },
  { heading: 'HTTP', file: 'gateway.json', at: ['http'] },
  { heading: 'The uplink', file: 'gateway.json', at: ['uplink'] },
  ...[
    'modbus-tcp',
    'modbus-rtu',
    'modbus-rtu-tcp',
    'serial',
    'modbus-server',
    'ble',
    'ble-scan',
    'mqtt-broker',
    'mqtt-listener',
  ].map((type): Part => ({ heading: `Devices of type ${type}`, file: 'gateway.json', at: ['devices', '*', type] })),
  { heading: 'Serial lines', file: 'gateway.json', at: ['lines', '*'] },
  { heading: 'Bluetooth', file: 'gateway.json', at: ['bluetooth'] },
];

/** The rows of one table: setting, type, default, meaning. */
export function settingRows({ file, at, without = [] }: Part): string[] {
  const root = at.reduce<JsonObject>((schema, step) => child(schema, step), JSON_SCHEMAS[file]!);
  return [...rowsBelow(root, '', without), ...variantRows((root['oneOf'] ?? []) as JsonObject[], '')];
}

function child(schema: JsonObject, step: string): JsonObject {
  const variants = (schema['oneOf'] ?? []) as readonly JsonObject[];
  const variant = variants.find(({ properties }) => typeWords(properties).includes(step));
  const found = variant ?? (step === '*' ? schema['additionalProperties'] : member(schema['properties'], step));
  if (typeof found !== 'object' || found === null) throw new Error(`the schema has no ${step}`);
  return found as JsonObject;
}

const typeWords = (properties: JsonValue | undefined): readonly string[] =>
  ((member(properties, 'type') as JsonObject | undefined)?.['enum'] ?? []) as readonly string[];

const member = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  (value as JsonObject | undefined)?.[key];

function rowsBelow(schema: JsonObject, prefix: string, without: readonly string[] = []): string[] {
  const required = (schema['required'] ?? []) as readonly string[];
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>);
  const own = properties
    .filter(([key]) => !without.includes(key))
    .flatMap(([key, value]) => [
      row(value, `${prefix}${key}`, required.includes(key)),
      ...rowsInside(value, `${prefix}${key}`),
    ]);
  return own;
}

function rowsInside(schema: JsonObject, name: string): string[] {
  const choices = (schema['anyOf'] ?? []) as JsonObject[];
  const items = schema['items'] as JsonObject | undefined;
  const entries = schema['additionalProperties'];
  return [
    ...rowsBelow(schema, `${name}.`),
    ...choices.flatMap((choice) => rowsBelow(choice, `${name}.`)),
    ...variantRows((schema['oneOf'] ?? []) as JsonObject[], `${name}.`),
    ...(items?.['properties'] === undefined ? [] : rowsBelow(items, `${name}[].`)),
    ...(typeof entries === 'object' && entries !== null ? rowsInside(entries as JsonObject, `${name}.NAME`) : []),
  ];
}

/** Of an object whose `type` decides what else it has: one row for `type`, and the others saying with which, unless with all. */
function variantRows(variants: readonly JsonObject[], prefix: string): string[] {
  const types = variants.map((variant) => member(variant['properties'], 'type') as JsonObject);
  const words = types.flatMap((type) => type['enum'] as readonly string[]);
  if (words.length === 0) return [];
  const wordsByRow = new Map<string, string[]>();
  for (const [index, variant] of variants.entries()) {
    for (const text of rowsBelow(variant, prefix, ['type'])) {
      wordsByRow.set(text, [...(wordsByRow.get(text) ?? []), `\`${words[index]}\``]);
    }
  }
  const others = [...wordsByRow].map(([text, having]) => {
    const end = text.lastIndexOf('| ', text.length - 3) + 2;
    return having.length === words.length ? text : `${text.slice(0, end)}With ${having.join(', ')}: ${text.slice(end)}`;
  });
  return [row({ ...types[0]!, enum: words }, `${prefix}type`, true), ...others];
}

function row(schema: JsonObject, name: string, required: boolean): string {
  const preset = schema['default'];
  const fallback = required ? 'required' : preset === undefined ? '' : `\`${JSON.stringify(preset)}\``;
  return `| \`${name}\` | ${typeText(schema)} | ${fallback} | ${String(schema['description']).replaceAll('|', '\\|')} |`;
}

function typeText(schema: JsonObject): string {
  const words = schema['enum'] as readonly string[] | undefined;
  if (words !== undefined) return words.map((word) => `\`"${word}"\``).join(', ');
  const alternatives = schema['anyOf'] as JsonObject[] | undefined;
  if (alternatives !== undefined) return alternatives.map(typeText).join(' or ');
  if (schema['oneOf'] !== undefined) return 'object';
  switch (schema['type']) {
    case 'integer':
      return `whole number, ${schema['minimum']} to ${schema['maximum']}`;
    case 'number':
      return `number, ${schema['minimum']} to ${schema['maximum']}`;
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list, at most ${schema['maxItems']}`;
    case 'object':
      return schema['maxProperties'] === undefined ? 'object' : `object, at most ${schema['maxProperties']} names`;
    case undefined:
      return 'anything';
    default:
      return (schema['type'] as readonly string[]).join(', ');
  }
}
