/** The JSON object in a payload; an empty one when there is none. */
export function jsonOf(payload: Uint8Array): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(Buffer.from(payload).toString('utf8')));
  } catch {
    return {};
  }
}

/** The value as an object; an empty one when it is none. What other processes print is looked at, not trusted. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The objects in a list; empty when there is no list. */
export function listIn(object: Readonly<Record<string, unknown>>, key: string): Record<string, unknown>[] {
  const value = object[key];
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A text, or the empty one. */
export function textIn(object: Readonly<Record<string, unknown>>, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

/** A number, or 0. */
export function numberIn(object: Readonly<Record<string, unknown>>, key: string): number {
  const value = object[key];
  return typeof value === 'number' ? value : 0;
}

/** A number, or undefined. */
export function numberOrNone(object: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' ? value : undefined;
}
