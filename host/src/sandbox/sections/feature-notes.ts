import type { ModuleContents } from '../module-contents.ts';
import type { ValueType } from '../value-type.ts';

/** Records the feature that a value type came with, and returns the type. */
export function noteValueType(type: ValueType, contents: ModuleContents): ValueType {
  if (type === 'v128') contents.features.add('simd');
  else if (type === 'funcref' || type === 'externref') contents.features.add('reference-types');
  return type;
}
