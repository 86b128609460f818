import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../errors.ts';
import { SIGNATURE_LIMITS } from '../limits.ts';
import { replaceFile } from '../state/replace-file.ts';
import { isLowerVersion } from './version-order.ts';

/** File in the state folder. */
export const REMEMBERED_FILE = 'versions.json';

const NAME = /^[A-Za-z0-9._-]{1,128}$/;
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** The newest list of trusted keys that was accepted. */
export interface RememberedList {
  readonly version: number;
  readonly digest: string;
}

/**
 * The highest versions that a gateway has seen: of its list of trusted keys, and of each module by name. They only grow, and
 * outlive the process: `save` replaces the file in one step that a power cut cannot split.
 */
export class RememberedVersions {
  readonly #folder: string;
  readonly #signed = new Map<string, string>();
  readonly #unsigned = new Map<string, string>();
  #list: RememberedList | undefined;
  #isChanged = false;
  /** Why nothing is remembered although there is a file; it is replaced with the next `save`. */
  readonly fault: GatehouseError | undefined;

  private constructor(folder: string, content: Content | undefined, fault: GatehouseError | undefined) {
    this.#folder = folder;
    if (content !== undefined) this.#raise(content);
    this.#isChanged = false;
    this.fault = fault;
  }

  /** What the folder has; nothing if there is no folder or file yet. Never throws: what cannot be read is a `fault`. */
  static async open(folder: string): Promise<RememberedVersions> {
    const file = join(folder, REMEMBERED_FILE);
    try {
      return new RememberedVersions(folder, decode(await readFile(file, 'utf8')), undefined);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return new RememberedVersions(folder, undefined, undefined);
      const why = error instanceof Error ? error.message : String(error);
      const text = `what the gateway knew of earlier versions is lost, so that none is too low: ${file}: ${why}`;
      return new RememberedVersions(folder, undefined, new GatehouseError('STATE_LOST', text, { cause: error }));
    }
  }

  /** The same versions, to be raised for a while: what is raised in the copy is not remembered. */
  copy(): RememberedVersions {
    return new RememberedVersions(this.#folder, this.#content(), undefined);
  }

  get list(): RememberedList | undefined {
    return this.#list;
  }

  /**
   * The highest version of a module; undefined if none was seen. What ran without a valid signature could claim any version, so
   * that it counts for its like only.
   */
  ofModule(name: string, isSigned: boolean): string | undefined {
    const signed = this.#signed.get(name);
    const unsigned = isSigned ? undefined : this.#unsigned.get(name);
    if (signed === undefined || unsigned === undefined) return signed ?? unsigned;
    return isLowerVersion(signed, unsigned) ? unsigned : signed;
  }

  raiseList(list: RememberedList): void {
    if (this.#list !== undefined && this.#list.version >= list.version) return;
    this.#list = list;
    this.#isChanged = true;
  }

  /** False if there is no room for one more name. */
  raiseModule(name: string, version: string, isSigned: boolean): boolean {
    const versions = isSigned ? this.#signed : this.#unsigned;
    const known = versions.get(name);
    if (known === undefined && versions.size >= SIGNATURE_LIMITS.rememberedModules) return false;
    if (known !== undefined && !isLowerVersion(known, version)) return true;
    versions.set(name, version);
    this.#isChanged = true;
    return true;
  }

  /**
   * Makes what was raised outlive a power cut. What another process wrote meanwhile stays if it is higher.
   * @throws GatehouseError STATE_LOST if the folder cannot be written
   */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    try {
      this.#raise((await RememberedVersions.open(this.#folder)).#content());
      const content = this.#content();
      await replaceFile(this.#folder, REMEMBERED_FILE, `${JSON.stringify(content, undefined, 2)}\n`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new GatehouseError('STATE_LOST', `versions cannot be remembered: ${why}`, { cause: error });
    }
    this.#isChanged = false;
  }

  #raise({ list, modules, unsigned }: Content): void {
    if (list !== undefined) this.raiseList(list);
    for (const [name, version] of Object.entries(modules)) this.raiseModule(name, version, true);
    for (const [name, version] of Object.entries(unsigned)) this.raiseModule(name, version, false);
  }

  #content(): Content {
    return {
      ...(this.#list === undefined ? {} : { list: this.#list }),
      modules: sorted(this.#signed),
      unsigned: sorted(this.#unsigned),
    };
  }
}

const sorted = (versions: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));

interface Content {
  readonly list?: RememberedList;
  readonly modules: Readonly<Record<string, string>>;
  /** Of modules that ran without a valid signature. */
  readonly unsigned: Readonly<Record<string, string>>;
}

/** Strict: the host wrote it, so that anything else is damage. */
function decode(text: string): Content {
  const value = JSON.parse(text) as Partial<Content> | null;
  const { list, modules, unsigned, ...rest } = value ?? {};
  const isListWhole =
    list === undefined || (Number.isSafeInteger(list?.version) && list.version > 0 && DIGEST.test(list.digest));
  if (Object.keys(rest).length > 0 || !isListWhole || !areVersions(modules) || !areVersions(unsigned))
    throw new Error('the file is damaged');
  return { ...(list === undefined ? {} : { list }), modules, unsigned };
}

const areVersions = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length <= SIGNATURE_LIMITS.rememberedModules &&
  Object.entries(value).every(([name, version]) => NAME.test(name) && VERSION.test(version));
