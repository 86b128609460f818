import { GatehouseError } from '../errors.ts';
import { LIMIT_MINIMUM, MODULE_LIMITS, type ModuleLimitName } from '../limits.ts';

/** [ABI-4.2] */
const NAME = /^[A-Za-z0-9._-]{1,128}$/;
/** The grammar of semver.org, version 2.0.0. */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

/** `MODULE_MANIFEST_INVALID` for the value at `path`; the path of the whole text is empty. */
export function invalidManifest(path: string, expected: string, got: unknown): GatehouseError {
  const shown = show(got);
  const place = path === '' ? 'The module description' : `${path} in the module description`;
  return new GatehouseError('MODULE_MANIFEST_INVALID', `${place}: expected ${expected}, got ${shown}.`, {
    details: { path, expected, got: shown },
  });
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? value : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

export function checkText(value: unknown, path: string): void {
  if (typeof value !== 'string') throw invalidManifest(path, 'text', value);
}

/** An object of texts by name. */
export function checkTexts(value: unknown, path: string): void {
  for (const [name, text] of Object.entries(checkObject(value, path))) {
    checkName(name, `${path}.${name}`);
    checkText(text, `${path}.${name}`);
  }
}

export function checkName(value: unknown, path: string): void {
  if (typeof value !== 'string' || !NAME.test(value)) {
    throw invalidManifest(path, 'a name of 1 to 128 characters A-Z a-z 0-9 . _ -', value);
  }
}

export function checkVersion(value: unknown, path: string): void {
  if (typeof value !== 'string' || value.length > 128 || !VERSION.test(value)) {
    throw invalidManifest(path, 'a semantic version of at most 128 characters', value);
  }
}

/** Names that do not repeat, at most `max`. */
export function checkNames(value: unknown, path: string, max: number): void {
  if (!Array.isArray(value)) throw invalidManifest(path, 'an array of names', value);
  if (value.length > max) throw invalidManifest(path, `at most ${max} names`, value.length);
  for (const [index, name] of value.entries()) {
    checkName(name, `${path}[${index}]`);
    if (value.indexOf(name) !== index) throw invalidManifest(`${path}[${index}]`, 'a name only once', name);
  }
}

export function checkObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidManifest(path, 'an object', value);
  return value as Record<string, unknown>;
}

/** Limits the module asks for: names of `MODULE_LIMITS`, and no more than could ever be granted. */
export function checkLimits(value: unknown, path: string): void {
  for (const [name, asked] of Object.entries(checkObject(value, path))) {
    if (!Object.hasOwn(MODULE_LIMITS, name)) {
      throw invalidManifest(`${path}.${name}`, `one of ${Object.keys(MODULE_LIMITS).join(', ')}`, name);
    }
    const { max, unit } = MODULE_LIMITS[name as ModuleLimitName];
    const min = LIMIT_MINIMUM[name as ModuleLimitName] ?? 0;
    if (!Number.isInteger(asked) || Number(asked) < min || Number(asked) > max) {
      throw invalidManifest(`${path}.${name}`, `a whole number of ${unit} from ${min} to ${max}`, asked);
    }
  }
}
