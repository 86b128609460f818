import { STATUS, type Status } from '../abi/constants.ts';
import type { JsonObject } from '../json/value.ts';
import { findPatchFault, isJsonObject, mergePatch, sectionCharacters } from '../twin/patch.ts';

/** The reported properties of one module, so that a patch can be judged while the module waits [ABI-4.8]. */
export class ReportedTwin {
  /** Size of the section as JSON text when a patch was last taken: what the next one costs goes by it. */
  characters = 0;
  #committed: JsonObject;
  #pending: JsonObject | undefined;

  constructor(section: JsonObject) {
    this.#committed = section;
  }

  /** Merges a patch, given as JSON text, if it keeps the rules of a twin. */
  report(text: string): Status {
    let patch: unknown;
    try {
      patch = JSON.parse(text);
    } catch {
      return STATUS.invalid;
    }
    const fault = findPatchFault(patch);
    if (fault !== undefined) return fault.kind === 'limit' ? STATUS.limit : STATUS.invalid;
    if (!isJsonObject(patch)) return STATUS.invalid;
    const merged = mergePatch(this.#pending ?? this.#committed, patch);
    const characters = sectionCharacters(merged);
    if (characters === undefined) return STATUS.limit;
    this.#pending = merged;
    this.characters = characters;
    return STATUS.ok;
  }

  commit(): void {
    if (this.#pending !== undefined) this.#committed = this.#pending;
    this.#pending = undefined;
  }

  rollback(): void {
    this.#pending = undefined;
  }
}
