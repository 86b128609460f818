import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatehouseError } from '../../../host/src/errors.ts';
import { decodeModuleManifest, type ModuleManifest } from '../../../host/src/sandbox/module-manifest.ts';
import type { AssemblyTarget } from './assembly-compiler.ts';
import { REPOSITORY, sourceHash } from './assembly-source.ts';
import { compileAtomically } from './compile-atomically.ts';
import { appendCustomSection } from './custom-section.ts';
import { refuseIllegalImports } from './legal-imports.ts';
import { writeAtomically } from './write-atomically.ts';

const MODULES = join(REPOSITORY, 'modules-as');
const BUILD = join(MODULES, 'build');
const TARGETS: readonly AssemblyTarget[] = ['release', 'debug'];

/** A module file that is present now. */
export interface BuiltModule {
  readonly name: string;
  /** The release file; `NAME.debug.wasm` and its source map lie beside it. */
  readonly file: string;
  readonly bytes: number;
  /** False if it was up to date and nothing was compiled. */
  readonly built: boolean;
}

/** Names of all folders of `modules-as` that hold a module. */
export function moduleNames(): string[] {
  return readdirSync(MODULES)
    .filter((name) => existsSync(join(MODULES, name, 'module.json')))
    .sort();
}

/**
 * Builds modules, all unless names are given: release and debug, each with its description as custom section. What is up
 * to date by the content of its sources, of the SDK and by the compiler's version is left alone. `onBuilt` hears of each
 * module as it is ready. The files go to `modules-as/build` unless another folder is given. Throws the first `CompilerError` or `MODULE_MANIFEST_INVALID` when all others are done.
 */
export async function buildModules(
  names: readonly string[] = moduleNames(),
  onBuilt: (module: BuiltModule) => void = () => {},
  folder: string = BUILD,
): Promise<BuiltModule[]> {
  const settled = await Promise.allSettled(
    names.map(async (name) => {
      const module = await buildModule(name, folder);
      onBuilt(module);
      return module;
    }),
  );
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function buildModule(name: string, build: string): Promise<BuiltModule> {
  const folder = join(MODULES, name);
  const description = readFileSync(join(folder, 'module.json'));
  const manifest = decodeDescription(name, description);
  if (manifest.name !== name)
    throw new Error(`modules-as/${name}/module.json: name is "${manifest.name}", expected "${name}"`);
  const stamp = join(build, `${name}.stamp`);
  const hash = sourceHash(join(folder, 'assembly', 'index.ts'), description.toString('utf8'));
  const release = fileOf(build, name, 'release');
  const upToDate =
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === hash &&
    TARGETS.every((target) => existsSync(fileOf(build, name, target)));
  if (!upToDate) {
    // Compact, because every byte of a module travels over the air.
    const section = new TextEncoder().encode(JSON.stringify(JSON.parse(description.toString('utf8'))));
    await Promise.all(TARGETS.map((target) => buildTarget(build, name, target, section)));
    writeAtomically(stamp, hash);
  }
  return { name, file: release, bytes: readFileSync(release).byteLength, built: !upToDate };
}

/** Decodes a description; what is wrong with it is said with its file. */
function decodeDescription(name: string, description: Uint8Array): ModuleManifest {
  try {
    return decodeModuleManifest(description);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const message = `modules-as/${name}/module.json: ${error.message}`;
    throw new GatehouseError(error.code, message, { details: error.details, cause: error });
  }
}

async function buildTarget(build: string, name: string, target: AssemblyTarget, section: Uint8Array): Promise<void> {
  const entry = join(MODULES, name, 'assembly', 'index.ts');
  await compileAtomically(fileOf(build, name, target), entry, target, [], (wasm) => {
    refuseIllegalImports(entry, wasm);
    return appendCustomSection(wasm, 'gatehouse.manifest', section);
  });
}

function fileOf(build: string, name: string, target: AssemblyTarget): string {
  return join(build, target === 'release' ? `${name}.wasm` : `${name}.debug.wasm`);
}
