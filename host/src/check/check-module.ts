import { IMPORT_COSTS } from '../abi/import-costs.ts';
import { type ErrorCode, GatehouseError } from '../errors.ts';
import { childPath, type ProblemLog, suggestOrList } from '../json/index.ts';
import type { ModuleLimitName, ModuleLimits } from '../limits.ts';
import type { ModuleSpec } from '../manifest/deployment.ts';
import { CAPABILITIES, type Grants } from '../manifest/grants.ts';
import type { ModuleFacts, ModuleManifest, SandboxLimits } from '../sandbox/index.ts';
import { signatureFault, type TrustedKey } from '../signature/index.ts';
import { authorizedSigners } from './authorized-signers.ts';
import { findAbiFaults, grantedImports } from './check-abi.ts';
import { settingPath } from './check-grants.ts';
import type { ModuleFile, ModuleFiles } from './module-files.ts';
import type { ModuleImage } from './module-image.ts';
import type { Trust } from './open-trust.ts';

/** A module of a deployment together with its file. */
export interface LoadedModule {
  /** Grants and limits are those of the deployment, less what the module does not ask for [ABI-8.3]. */
  readonly spec: ModuleSpec;
  /** What is to run; the same object for all modules that have the same file and limits. */
  readonly image: ModuleImage;
  readonly facts: ModuleFacts;
  /** What the module says about itself; absent if it has no description. */
  readonly manifest?: ModuleManifest;
  /** Trusted keys that signed the module and may sign for its name; none if it runs because `allowUnsigned` is set. */
  readonly signedBy: readonly string[];
}

/** What is known of a module file, also of one that cannot start. */
export interface CheckedModule {
  readonly manifest?: ModuleManifest;
  /** Present if nothing in the file stands against starting it. */
  readonly loaded?: LoadedModule;
}

/**
 * Reads the file of a module and reports everything in it that keeps it from starting. The file is read once: what is verified
 * is what runs.
 *
 * @param trust absent: it is not known which modules the gateway trusts, and nothing of the deployment will start
 */
export async function checkModule(
  spec: ModuleSpec,
  files: ModuleFiles,
  log: ProblemLog,
  trust: Trust | undefined,
): Promise<CheckedModule> {
  const check = new ModuleCheck(spec, log, trust);
  const file = await check.attempt(() => files.read(spec.image, spec.limits.moduleBytes));
  const signers = file === undefined ? undefined : await check.signers(file);
  if (file === undefined || signers === undefined) return {};
  const facts = await check.attempt(() => file.inspect());
  if (facts === undefined) return {};
  const manifest = await check.attempt(() => file.describe());
  const signedBy = await check.authorized(signers, manifest);
  check.abi(facts, manifest);
  check.imports(facts, manifest);
  const asked = check.intersect(manifest);
  const image = await check.attempt(() => file.prepare(sandboxLimits(asked.limits)));
  const known = manifest === undefined ? {} : { manifest };
  if (image === undefined || log.wrongModules.has(spec.id)) return known;
  return { ...known, loaded: { spec: asked, image, facts, signedBy, ...known } };
}

/** The limits that decide what is made of the file; modules that differ only in others share it. */
function sandboxLimits(limits: ModuleLimits): SandboxLimits {
  const { moduleBytes, functionBytes, memoryBytes, tableEntries, stackBytes, fuelPerCall } = limits;
  return { moduleBytes, functionBytes, memoryBytes, tableEntries, stackBytes, fuelPerCall, importCosts: IMPORT_COSTS };
}

/** Reports about one module, at the setting that names its file unless another one is to blame. */
class ModuleCheck {
  readonly #spec: ModuleSpec;
  readonly #log: ProblemLog;
  readonly #trust: Trust | undefined;

  constructor(spec: ModuleSpec, log: ProblemLog, trust: Trust | undefined) {
    this.#spec = spec;
    this.#log = log;
    this.#trust = trust;
  }

  /** Trusted keys that signed the file; undefined if it is no module, or if what is wrong keeps it from starting. */
  async signers(file: ModuleFile): Promise<readonly TrustedKey[] | undefined> {
    const { keys } = this.#trust ?? { keys: [] };
    return this.attempt(() => this.#tolerate(() => file.signers(keys)));
  }

  /** Those of the signers that may sign for the name of the module. */
  async authorized(signers: readonly TrustedKey[], manifest: ModuleManifest | undefined): Promise<readonly string[]> {
    // Without signers it has been said already why the module runs or not.
    if (signers.length === 0) return [];
    const found = await this.attempt(() => this.#tolerate(() => authorizedSigners(signers, manifest)));
    return (found ?? []).map(({ text }) => text);
  }

  /** Where `allowUnsigned` is set, no signature is as good as one; other than a missing one, a fault is still said. */
  #tolerate(work: () => readonly TrustedKey[]): readonly TrustedKey[] {
    try {
      return work();
    } catch (error) {
      const code = signatureFault(error);
      if (code === undefined || this.#trust?.allowUnsigned === false) throw error;
      if (code !== 'SIGNATURE_MISSING' && this.#trust !== undefined)
        this.#warn(code, `${(error as Error).message}; it runs because allowUnsigned is set`, 'image');
      return [];
    }
  }

  /** What `work` returns, or undefined after reporting the coded error that it throws. */
  async attempt<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      this.#error(error.code, error.message, error.code === 'WASM_LIMIT' ? limitSetting(error) : undefined);
      return undefined;
    }
  }

  abi(facts: ModuleFacts, manifest: ModuleManifest | undefined): void {
    for (const { code, message } of findAbiFaults(facts, manifest)) this.#error(code, message);
  }

  /** Imports that the deployment does not grant, or that the module's own description does not ask for. */
  imports(facts: ModuleFacts, manifest: ModuleManifest | undefined): void {
    for (const [capability, names] of grantedImports(facts)) {
      const imported = `the module imports ${names.map((name) => `"${name}"`).join(', ')}`;
      if (this.#spec.grants[capability as keyof Grants] === undefined) {
        this.#error('IMPORT_NOT_GRANTED', `${imported} without the grant "${capability}"`, 'grants');
      } else if (manifest?.capabilities?.includes(capability) === false) {
        const message = `${imported}, but its description does not ask for the capability "${capability}"`;
        this.#error('IMPORT_NOT_GRANTED', message);
      }
    }
  }

  /** The settings that the module runs with: what is granted and asked for. */
  intersect(manifest: ModuleManifest | undefined): ModuleSpec {
    const { grants, limits } = this.#spec;
    if (manifest === undefined) return this.#spec;
    this.#inputs(manifest);
    this.#capabilities(manifest);
    const asked = (name: string) => manifest.capabilities?.includes(name) ?? true;
    return {
      ...this.#spec,
      grants: Object.fromEntries(Object.entries(grants).filter(([name]) => asked(name))),
      limits: this.#limits(limits, manifest.limits ?? {}),
    };
  }

  #inputs({ inputs }: ModuleManifest): void {
    if (inputs === undefined) return;
    for (const name of Object.keys(this.#spec.inputs)) {
      if (inputs.includes(name)) continue;
      const message = `the module has no input "${name}"${suggestOrList(name, inputs, { lead: 'it has', none: 'it has none' })}`;
      this.#error('MANIFEST_INVALID', message, childPath('inputs', name));
    }
  }

  #capabilities({ capabilities }: ModuleManifest): void {
    if (capabilities === undefined) return;
    for (const name of Object.keys(this.#spec.grants)) {
      if (capabilities.includes(name)) continue;
      const message = `the module does not ask for the capability "${name}"; the grant has no effect`;
      this.#warn('GRANT_INVALID', message, childPath('grants', name));
    }
    const hosts: readonly string[] = CAPABILITIES;
    for (const name of capabilities.filter((asked) => !hosts.includes(asked))) {
      this.#warn('ABI_IMPORT', `the module asks for the capability "${name}", which this host does not have`, 'image');
    }
  }

  #limits(granted: ModuleLimits, asked: NonNullable<ModuleManifest['limits']>): ModuleLimits {
    const limits: Record<string, number> = { ...granted };
    for (const [name, wanted] of Object.entries(asked)) {
      const most = granted[name as ModuleLimitName];
      limits[name] = Math.min(most, wanted);
      if (wanted <= most) continue;
      const message = `the module asks for ${wanted} and is granted ${most}`;
      this.#warn('WASM_LIMIT', message, childPath('limits', name));
    }
    return limits as ModuleLimits;
  }

  #error(code: ErrorCode, message: string, setting = 'image'): void {
    this.#log.add({ code, path: settingPath(this.#spec.id, setting), module: this.#spec.id, message });
  }

  #warn(code: ErrorCode, message: string, setting: string): void {
    const path = settingPath(this.#spec.id, setting);
    this.#log.add({ severity: 'warning', code, path, module: this.#spec.id, message });
  }
}

/** The setting that could allow it. */
function limitSetting({ details }: GatehouseError): string | undefined {
  const name = details['limit'];
  return name === 'moduleBytes' || name === 'functionBytes' || name === 'memoryBytes' || name === 'tableEntries'
    ? `limits.${name}`
    : undefined;
}
