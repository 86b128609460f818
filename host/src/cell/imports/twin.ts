import { STATUS } from '../../abi/constants.ts';
import { JSON_COSTS } from '../../abi/import-costs.ts';
import { TO_HOST } from '../../bridge/frames.ts';
import { ABI_LIMITS } from '../../limits.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

/** JSON text may be longer than what it counts as in a twin section, but not without bound. */
const PATCH_BYTES = 4 * ABI_LIMITS.twinSectionBytes;

/** `twin.*` [ABI-4.8]. */
export function twinImports(context: ImportContext): ImportNamespace {
  const { slot, transaction } = context;
  return {
    report(pointer = 0, length = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      if (slot.isHostWorkUsedUp) {
        slot.counters.jsonLimit++;
        return STATUS.limit;
      }
      if (length >>> 0 > PATCH_BYTES) {
        slot.counters.twinLimit++;
        return STATUS.limit;
      }
      // Asked first, because a patch that cannot be sent may not be merged either.
      if (!transaction.toHost.hasRoomFor(length >>> 0)) return STATUS.full;
      const text = memory.text(pointer >>> 0, length >>> 0);
      slot.hostWork += (length >>> 0) * JSON_COSTS.patchByte + slot.reported.characters * JSON_COSTS.sectionCharacter;
      const status = text === undefined ? STATUS.invalid : slot.reported.report(text);
      if (status === STATUS.invalid) {
        slot.hostWork += JSON_COSTS.refusedText;
        slot.counters.invalid++;
      }
      if (status === STATUS.limit) slot.counters.twinLimit++;
      if (status !== STATUS.ok) return status;
      const patch = memory.view(pointer >>> 0, length >>> 0);
      return transaction.toHost.write(TO_HOST.report, slot.index, 0, 0, 0, patch) ? STATUS.ok : STATUS.full;
    },
  };
}
