import { createHash } from 'node:crypto';
import { GatehouseError } from '../errors.ts';
import {
  customSection,
  decodeModuleManifest,
  inspectModule,
  type ModuleFacts,
  type ModuleManifest,
  prepareModule,
  type SandboxLimits,
} from '../sandbox/index.ts';
import { type TrustedKey, verifyModule } from '../signature/index.ts';
import type { ModuleImage } from './module-image.ts';
import { checkFileSize, readModuleFile } from './read-module-file.ts';

/** One content of a module file, inspected once and prepared once for each set of limits, however many modules have it. */
export class ModuleFile {
  /** The first of the files that have this content. */
  readonly path: string;
  /** SHA-256, in hex. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  #signers: readonly TrustedKey[] | undefined;
  #facts: ModuleFacts | undefined;
  #manifest: { readonly found: ModuleManifest | undefined } | undefined;
  readonly #images = new Map<string, ModuleImage>();

  constructor(path: string, digest: string, bytes: Uint8Array) {
    this.path = path;
    this.digest = digest;
    this.bytes = bytes;
  }

  /** Those of the gateway's keys, always the same ones, that signed the file. Throws what `verifyModule` does. */
  signers(keys: readonly TrustedKey[]): readonly TrustedKey[] {
    this.#signers ??= verifyModule(this.bytes, keys);
    return this.#signers;
  }

  /** Throws what `inspectModule` does. */
  inspect(): ModuleFacts {
    this.#facts ??= inspectModule(this.bytes);
    return this.#facts;
  }

  /** The module's description, if it has one; of two, nobody could say which counts [ABI-8.1]. Throws what `decodeModuleManifest` does. */
  describe(): ModuleManifest | undefined {
    if (this.#manifest === undefined) {
      const facts = this.inspect();
      if (facts.customSections.filter(({ name }) => name === 'gatehouse.manifest').length > 1)
        throw new GatehouseError('MODULE_MANIFEST_INVALID', 'the module has two descriptions; expected one at most');
      const section = customSection(facts, this.bytes, 'gatehouse.manifest');
      this.#manifest = { found: section === undefined ? undefined : decodeModuleManifest(section) };
    }
    return this.#manifest.found;
  }

  /** Throws what `prepareModule` does. */
  prepare(limits: SandboxLimits): ModuleImage {
    const key = JSON.stringify(limits);
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const { bytes, meter, offsets, facts } = prepareModule(this.bytes, limits);
    const image = { wasm: bytes, meter, trace: { path: this.path, digest: this.digest, facts, offsets } };
    this.#images.set(key, image);
    return image;
  }
}

/** The module files of a deployment. A file is read once, and files with the same content are one. */
export class ModuleFiles {
  readonly #byPath = new Map<string, ModuleFile>();
  readonly #byDigest = new Map<string, ModuleFile>();

  /** Throws what `readModuleFile` does. */
  async read(path: string, maxBytes: number): Promise<ModuleFile> {
    const known = this.#byPath.get(path);
    if (known !== undefined) {
      checkFileSize(known.bytes.byteLength, maxBytes);
      return known;
    }
    const bytes = await readModuleFile(path, maxBytes);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const file = this.#byDigest.get(digest) ?? new ModuleFile(path, digest, bytes);
    this.#byDigest.set(digest, file);
    this.#byPath.set(path, file);
    return file;
  }
}
