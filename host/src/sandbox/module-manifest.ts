import { parseJson } from '../json/index.ts';
import { ABI_LIMITS, type ModuleLimitName } from '../limits.ts';
import {
  checkLimits,
  checkName,
  checkNames,
  checkObject,
  checkText,
  checkTexts,
  checkVersion,
  invalidManifest,
} from './manifest-checks.ts';

/** What a module says about itself in its custom section `gatehouse.manifest` [ABI-8.1]. It asks; the deployment grants. */
export interface ModuleManifest {
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  readonly abi?: number;
  readonly description?: string;
  /** When present, the module has no other inputs; the same for outputs and direct methods [ABI-8.2]. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** Content types of what outputs emit, by output; one that is not listed says nothing of its bodies. */
  readonly contentTypes?: Readonly<Record<string, string>>;
  readonly methods?: readonly string[];
  /** Namespaces of imports that need a grant. */
  readonly capabilities?: readonly string[];
  readonly limits?: { readonly [Name in ModuleLimitName]?: number };
  /** JSON Schema of the desired properties, not interpreted by the host. */
  readonly desired?: Readonly<Record<string, unknown>>;
}

type Check = (value: unknown, path: string) => void;

const METHODS_MAX = 64;
const CAPABILITIES_MAX = 64;

const FIELDS: { readonly [Field in keyof Required<ModuleManifest>]: Check } = {
  name: checkName,
  version: checkVersion,
  abi: (value, path) => {
    if (!Number.isInteger(value) || Number(value) < 1)
      throw invalidManifest(path, 'a whole number of 1 or more', value);
  },
  description: checkText,
  inputs: (value, path) => checkNames(value, path, ABI_LIMITS.inputs),
  outputs: (value, path) => checkNames(value, path, ABI_LIMITS.outputs),
  contentTypes: checkTexts,
  methods: (value, path) => checkNames(value, path, METHODS_MAX),
  capabilities: (value, path) => checkNames(value, path, CAPABILITIES_MAX),
  limits: checkLimits,
  desired: (value, path) => {
    checkObject(value, path);
  },
};

/**
 * Decodes the content of the custom section `gatehouse.manifest`. Unknown and missing fields are refused. Throws
 * `MODULE_MANIFEST_INVALID` with details path, expected and got.
 */
export function decodeModuleManifest(bytes: Uint8Array): ModuleManifest {
  if (bytes.byteLength > ABI_LIMITS.manifestBytes) {
    throw invalidManifest('', `at most ${ABI_LIMITS.manifestBytes} bytes`, bytes.byteLength);
  }
  const manifest = checkObject(parse(bytes), '');
  for (const [field, value] of Object.entries(manifest)) {
    const check = Object.hasOwn(FIELDS, field) ? FIELDS[field as keyof ModuleManifest] : undefined;
    if (check === undefined) throw invalidManifest(field, `one of ${Object.keys(FIELDS).join(', ')}`, field);
    check(value, field);
  }
  for (const field of ['name', 'version']) {
    if (!Object.hasOwn(manifest, field)) throw invalidManifest(field, 'a value', undefined);
  }
  return manifest as unknown as ModuleManifest;
}

/** As files that people write: a key that appears twice would be read in two ways, and depth has an end. */
function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw invalidManifest('', 'JSON in UTF-8', error instanceof Error ? error.message : error);
  }
  if (text.startsWith('\ufeff')) throw invalidManifest('', 'JSON in UTF-8', 'a byte order mark');
  const { root, faults } = parseJson(text);
  const [fault] = faults;
  if (root !== undefined && fault === undefined) return JSON.parse(text);
  throw invalidManifest(fault?.path ?? '', 'JSON in UTF-8', fault?.message);
}
