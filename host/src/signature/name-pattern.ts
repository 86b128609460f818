/**
 * What module names a key may sign for: one name, or all that begin with what stands before a `*` at the end. `acme.*` is for
 * `acme.pump`, not for `acme` or `acmepump`; case counts.
 */
export const NAME_PATTERN = /^(?:[A-Za-z0-9._-]{1,128}|[A-Za-z0-9._-]{0,127}\*)$/;

export function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
