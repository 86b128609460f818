import { ABI_VERSION } from '../abi/constants.ts';
import { FREE_NAMESPACES, IMPORTS } from '../abi/imports.ts';
import type { ErrorCode } from '../errors.ts';
import { suggest } from '../json/index.ts';
import type { FunctionType, ImportFact, ModuleFacts, ModuleManifest } from '../sandbox/index.ts';

/** What the ABI does not allow in a module. */
export interface AbiFault {
  readonly code: ErrorCode;
  readonly message: string;
}

interface RequiredExport {
  readonly name: string;
  readonly parameters: number;
  readonly results: number;
  readonly required: boolean;
}

/** [ABI-1.3] and [ABI-1.4]. */
const EXPORTS: readonly RequiredExport[] = [
  { name: 'gatehouse_abi_version', parameters: 0, results: 1, required: true },
  { name: 'gatehouse_alloc', parameters: 1, results: 1, required: true },
  { name: 'gatehouse_handle', parameters: 2, results: 1, required: true },
  { name: '_initialize', parameters: 0, results: 0, required: false },
];

/** Import namespaces that other toolchains write, and what to do about them. */
const FOREIGN: Readonly<Record<string, string>> = {
  env: '; build AssemblyScript modules with the SDK, which has an abort of its own',
  wasi_snapshot_preview1: '; a module has no system interface, build it without WASI',
};

/** Everything in a module that the ABI does not allow, without running it. */
export function findAbiFaults(facts: ModuleFacts, manifest: ModuleManifest | undefined): AbiFault[] {
  return [...memoryFaults(facts), ...exportFaults(facts), ...importFaults(facts.imports), ...versionFaults(manifest)];
}

/** Namespaces that need a grant, each with the names that the module imports from it. */
export function grantedImports(facts: ModuleFacts): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { module, name } of facts.imports) {
    if (!Object.hasOwn(IMPORTS, module) || FREE_NAMESPACES.includes(module)) continue;
    found.set(module, [...(found.get(module) ?? []), `${module}.${name}`]);
  }
  return found;
}

function memoryFaults({ memory, exports }: ModuleFacts): AbiFault[] {
  if (memory?.imported === true)
    return [{ code: 'ABI_IMPORT', message: 'the module imports its memory; it must define it' }];
  const exported = exports.find(({ name }) => name === 'memory');
  if (exported?.kind === 'memory') return [];
  const got = exported === undefined ? '' : `, got a ${exported.kind} of that name`;
  return [{ code: 'ABI_EXPORT', message: `the module must export its memory as "memory"${got}` }];
}

function exportFaults({ exports }: ModuleFacts): AbiFault[] {
  return EXPORTS.flatMap(({ name, parameters, results, required }): AbiFault[] => {
    const found = exports.find((candidate) => candidate.name === name);
    const expected = `"${name}" of type ${describeType(i32Type(parameters, results))}`;
    if (found === undefined) {
      return required ? [{ code: 'ABI_EXPORT', message: `the module lacks the export ${expected}` }] : [];
    }
    if (found.kind === 'function' && isI32Type(found.type, parameters, results)) return [];
    const got = found.kind === 'function' ? describeType(found.type) : `a ${found.kind}`;
    return [{ code: 'ABI_EXPORT', message: `the module must export ${expected}, got ${got}` }];
  });
}

function importFaults(imports: readonly ImportFact[]): AbiFault[] {
  return imports.flatMap((found): AbiFault[] => {
    const fault = importFault(found);
    return fault === undefined ? [] : [{ code: 'ABI_IMPORT', message: `the module imports ${fault}` }];
  });
}

function importFault(found: ImportFact): string | undefined {
  const name = `"${found.module}.${found.name}"`;
  if (found.kind === 'memory') return undefined;
  if (found.kind !== 'function') return `a ${found.kind}, ${name}; only functions can be imported`;
  const names = Object.hasOwn(IMPORTS, found.module) ? IMPORTS[found.module]! : undefined;
  if (names === undefined) {
    const foreign = Object.hasOwn(FOREIGN, found.module) ? FOREIGN[found.module] : undefined;
    return `${name}, which the ABI does not have${foreign ?? suggest(found.module, Object.keys(IMPORTS))}`;
  }
  const known = Object.hasOwn(names, found.name) ? names[found.name] : undefined;
  if (known === undefined) return `${name}, which the ABI does not have${suggest(found.name, Object.keys(names))}`;
  if (isI32Type(found.type, known.parameters, 1)) return undefined;
  return `${name} with type ${describeType(found.type)}; expected ${describeType(i32Type(known.parameters, 1))}`;
}

function versionFaults(manifest: ModuleManifest | undefined): AbiFault[] {
  if (manifest?.abi === undefined || manifest.abi === ABI_VERSION) return [];
  const message = `the module is made for version ${manifest.abi} of the ABI; this host has version ${ABI_VERSION}`;
  return [{ code: 'ABI_VERSION', message }];
}

const i32Type = (parameters: number, results: number): FunctionType => ({
  params: Array.from({ length: parameters }, () => 'i32' as const),
  results: Array.from({ length: results }, () => 'i32' as const),
});

function isI32Type({ params, results }: FunctionType, parameterCount: number, resultCount: number): boolean {
  return (
    params.length === parameterCount &&
    results.length === resultCount &&
    [...params, ...results].every((type) => type === 'i32')
  );
}

const describeType = ({ params, results }: FunctionType): string => {
  const shown = params.length > 8 ? [...params.slice(0, 8), '...'] : params;
  return `(${shown.join(', ')}) -> ${results.length === 1 ? results[0] : `(${results.join(', ')})`}`;
};
