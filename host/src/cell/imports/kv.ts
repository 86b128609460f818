import { STATUS } from '../../abi/constants.ts';
import { ABI_LIMITS } from '../../limits.ts';
import type { StateStore } from '../state-store.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

/** `kv.*` [ABI-4.10]. */
export function kvImports(context: ImportContext, state: StateStore): ImportNamespace {
  const { slot } = context;
  const invalid = () => {
    slot.counters.invalid++;
    return STATUS.invalid;
  };
  const readKey = (pointer: number, length: number): string | undefined =>
    length === 0 || length >>> 0 > ABI_LIMITS.stateKeyBytes
      ? undefined
      : context.memory?.text(pointer >>> 0, length >>> 0);
  return {
    get(keyAt = 0, keyBytes = 0, pointer = 0, capacity = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      const key = readKey(keyAt, keyBytes);
      if (key === undefined || !memory.contains(pointer >>> 0, capacity >>> 0)) return invalid();
      const value = state.get(key);
      if (value === undefined) return STATUS.notFound;
      if (value.byteLength <= capacity >>> 0) memory.bytes.set(value, pointer >>> 0);
      return value.byteLength;
    },
    set(keyAt = 0, keyBytes = 0, pointer = 0, length = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      const key = readKey(keyAt, keyBytes);
      if (key === undefined || !memory.contains(pointer >>> 0, length >>> 0)) return invalid();
      const isTooLong = length >>> 0 > ABI_LIMITS.stateValueBytes;
      const status = isTooLong ? STATUS.limit : state.set(key, keyBytes, memory.view(pointer >>> 0, length >>> 0));
      if (status === STATUS.limit) slot.counters.stateLimit++;
      return status;
    },
    remove(keyAt = 0, keyBytes = 0) {
      if (memoryOf(context) === undefined) return STATUS.unavailable;
      const key = readKey(keyAt, keyBytes);
      return key === undefined ? invalid() : state.remove(key, keyBytes);
    },
  };
}
