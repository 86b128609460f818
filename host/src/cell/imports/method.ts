import { STATUS } from '../../abi/constants.ts';
import { JSON_COSTS } from '../../abi/import-costs.ts';
import { TO_HOST } from '../../bridge/frames.ts';
import { isNestedDeeper } from '../../json/text-depth.ts';
import { ABI_LIMITS } from '../../limits.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

/** `method.*` [ABI-4.9]. */
export function methodImports(context: ImportContext): ImportNamespace {
  const { slot, transaction } = context;
  return {
    respond(call = 0, status = 0, pointer = 0, length = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      const bytes = length >>> 0;
      if (slot.isHostWorkUsedUp) {
        slot.counters.jsonLimit++;
        return STATUS.limit;
      }
      if (bytes > ABI_LIMITS.methodPayloadBytes) {
        slot.counters.messageLimit++;
        return STATUS.limit;
      }
      slot.hostWork += bytes * JSON_COSTS.parsedByte;
      if (status <= 0 || !isJsonOrEmpty(memory.text(pointer >>> 0, bytes))) {
        slot.hostWork += JSON_COSTS.refusedText;
        slot.counters.invalid++;
        return STATUS.invalid;
      }
      if (!slot.calls.has(call >>> 0) || transaction.hasResponded(call >>> 0)) return STATUS.notFound;
      const payload = memory.view(pointer >>> 0, bytes);
      if (!transaction.toHost.write(TO_HOST.respond, slot.index, call, status, 0, payload)) return STATUS.full;
      transaction.responded(call >>> 0);
      return STATUS.ok;
    },
  };
}

function isJsonOrEmpty(text: string | undefined): boolean {
  if (text === undefined || text === '') return text === '';
  // Whoever called turns it into text again, by a function that recurses.
  if (isNestedDeeper(text, ABI_LIMITS.methodDepth)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
