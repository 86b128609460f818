import { STATUS } from '../../abi/constants.ts';
import { ABI_LIMITS } from '../../limits.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

const LEVELS = new Set([3, 4, 6, 7]);

/** `log.*` [ABI-4.6]. Not part of the transaction: what was said before a trap stays said [ABI-3.6]. */
export function logImports(context: ImportContext): ImportNamespace {
  const { slot, notices } = context;
  return {
    write(level = 0, pointer = 0, length = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      const bytes = length >>> 0;
      if (bytes > ABI_LIMITS.logTextBytes || !slot.logRate.allows(context.time.monotonic)) {
        slot.counters.logDropped++;
        return STATUS.limit;
      }
      if (!LEVELS.has(level) || memory.text(pointer >>> 0, bytes) === undefined) {
        slot.counters.invalid++;
        return STATUS.invalid;
      }
      if (notices.log(slot, level, memory.view(pointer >>> 0, bytes))) return STATUS.ok;
      slot.counters.logDropped++;
      return STATUS.limit;
    },
    abort(text = 0, textBytes = 0, file = 0, fileBytes = 0, line = 0, column = 0) {
      const { memory } = context;
      memory?.refresh();
      const read = (pointer: number, length: number) =>
        length >>> 0 <= ABI_LIMITS.logTextBytes ? memory?.text(pointer >>> 0, length >>> 0) : undefined;
      const words = read(text, textBytes) || 'no message';
      const place = read(file, fileBytes) || 'unknown file';
      slot.abortWords = `${words} (${place}:${line >>> 0}:${column >>> 0})`;
      return STATUS.ok;
    },
  };
}
