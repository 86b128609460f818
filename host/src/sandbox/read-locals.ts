import type { ByteReader } from './byte-reader.ts';
import { decodeValueType, type ValueType } from './value-type.ts';

/** Locals of the same type that a function declares together. */
export interface LocalGroup {
  readonly count: number;
  readonly type: ValueType;
}

/** Reads the declarations of locals at the beginning of a function body [WASM-5.5.13]. */
export function readLocals(reader: ByteReader): LocalGroup[] {
  const groups = reader.count('locals', 2);
  return Array.from({ length: groups }, () => ({
    count: reader.u32('a number of locals'),
    type: decodeValueType(reader),
  }));
}
