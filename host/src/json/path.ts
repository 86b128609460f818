import { quote } from './node.ts';

const SIMPLE_KEY = /^[\w$.-]+$/;
/** Longer keys are no names of anything; the line and column say where they are. */
const KEY_CHARACTERS = 128;

/** The path of a member or an item: `settings.image`, `grants.modbus[0]`; keys with other characters are quoted: `env["a b"]`, and shortened if long. */
export function childPath(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  if (key.length > KEY_CHARACTERS) return `${parent}[${quote(key)}]`;
  if (!SIMPLE_KEY.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
