const SIMPLE_KEY = /^[\w$.-]+$/;

/** The path of a member or an item: `settings.image`, `grants.modbus[0]`; keys with other characters are quoted: `env["a b"]`. */
export function childPath(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  if (!SIMPLE_KEY.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
