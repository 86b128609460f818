import { childPath } from '../json/index.ts';

/** Where a device names a secret of the gateway. */
export interface SecretReference {
  /** Path below the device, such as `authentication.password.secret`. */
  readonly path: string;
  readonly name: string;
}

/**
 * The secrets that a device names. In every type of device a secret is an object `{ "secret": "NAME" }`, so that no type can
 * have one that is not looked for here.
 */
export function secretReferences(value: unknown, path = ''): SecretReference[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, member]) => {
    const at = childPath(path, key);
    return key === 'secret' && typeof member === 'string' ? [{ path: at, name: member }] : secretReferences(member, at);
  });
}
