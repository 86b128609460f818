import { STATUS } from '../../abi/constants.ts';
import { ABI_LIMITS } from '../../limits.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

/** `timer.*` [ABI-4.7]. */
export function timerImports(context: ImportContext): ImportNamespace {
  const { slot } = context;
  const { timers } = slot;
  return {
    set(timer = 0, delayMs = 0, periodMs = 0) {
      if (memoryOf(context) === undefined) return STATUS.unavailable;
      if (timer >>> 0 >= ABI_LIMITS.timers || delayMs < 0 || periodMs < 0) {
        slot.counters.invalid++;
        return STATUS.invalid;
      }
      if (timer >= timers.capacity) {
        slot.counters.timerLimit++;
        return STATUS.limit;
      }
      timers.set(timer, context.time.monotonic + delayMs, periodMs);
      return STATUS.ok;
    },
    clear(timer = 0) {
      if (memoryOf(context) === undefined) return STATUS.unavailable;
      if (timer >>> 0 >= ABI_LIMITS.timers) {
        slot.counters.invalid++;
        return STATUS.invalid;
      }
      if (timer >= timers.capacity || !timers.isRunning(timer)) return STATUS.notFound;
      timers.clear(timer);
      return STATUS.ok;
    },
  };
}
