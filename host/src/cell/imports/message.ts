import { STATUS } from '../../abi/constants.ts';
import { ABI_LIMITS } from '../../limits.ts';
import { Emitter } from '../emitter.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

const NAME = /^[A-Za-z0-9._-]+$/;

/** `message.*`: inputs, outputs and messages [ABI-4.2] [ABI-4.3] [ABI-4.4]. */
export function messageImports(context: ImportContext): ImportNamespace {
  const { slot, transaction } = context;
  const emitter = new Emitter(context);
  const readName = (pointer: number, length: number): string | undefined => {
    const name = length >>> 0 <= ABI_LIMITS.nameBytes ? context.memory?.text(pointer >>> 0, length >>> 0) : undefined;
    if (name !== undefined && NAME.test(name)) return name;
    slot.counters.invalid++;
    return undefined;
  };
  const unlisted = (): number => {
    slot.counters.unlisted++;
    return STATUS.notFound;
  };
  return {
    input(pointer = 0, length = 0) {
      if (memoryOf(context) === undefined) return STATUS.unavailable;
      const name = readName(pointer, length);
      if (name === undefined) return STATUS.invalid;
      if (slot.spec.inputNames?.includes(name) === false) return unlisted();
      return slot.inputNamed(name)?.id ?? STATUS.limit;
    },
    output(pointer = 0, length = 0) {
      if (memoryOf(context) === undefined) return STATUS.unavailable;
      const name = readName(pointer, length);
      if (name === undefined) return STATUS.invalid;
      if (slot.spec.outputNames?.includes(name) === false) return unlisted();
      return context.outputs.open(slot, name);
    },
    emit: emitter.emit,
    source(source = 0, pointer = 0, capacity = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      const text = source === transaction.source ? context.outputs.sourceText(source) : undefined;
      if (text === undefined) return STATUS.notFound;
      if (!memory.contains(pointer >>> 0, capacity >>> 0)) {
        slot.counters.invalid++;
        return STATUS.invalid;
      }
      if (text.byteLength <= capacity >>> 0) memory.bytes.set(text, pointer >>> 0);
      return text.byteLength;
    },
  };
}
