import { STATUS, type Status } from '../abi/constants.ts';
import type { JsonObject } from '../json/value.ts';
import { findPatchFault, isJsonObject, isSectionInLimits, mergePatch } from '../twin/patch.ts';

/** The reported properties of one module, so that a patch can be judged while the module waits [ABI-4.8]. */
export class ReportedTwin {
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
    if (!isSectionInLimits(merged)) return STATUS.limit;
    this.#pending = merged;
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
