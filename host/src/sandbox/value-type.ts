import type { ByteReader } from './byte-reader.ts';
import { hex, malformed, type RefusedFeature, unsupported } from './wasm-error.ts';

export type ReferenceType = 'funcref' | 'externref';
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | ReferenceType;

const VALUE_TYPES: Readonly<Record<number, ValueType>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
};

/** The byte of each value type. */
export const VALUE_TYPE_BYTES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
};

const REFUSED_TYPES: readonly (readonly [RefusedFeature, readonly number[]])[] = [
  ['gc', [0x78, 0x77, 0x73, 0x72, 0x71, 0x6e, 0x6d, 0x6c, 0x6b, 0x6a]],
  ['function-references', [0x64, 0x63]],
  ['exceptions', [0x74, 0x69]],
  ['stack-switching', [0x75, 0x68]],
  ['stringref', [0x67, 0x66, 0x62, 0x61]],
  ['threads', [0x65]],
];

/** A value type [WASM-5.3.1]; of other proposals' types, the proposal is named. */
export function decodeValueType(reader: ByteReader): ValueType {
  const byte = reader.u8('a value type');
  return VALUE_TYPES[byte] ?? refuseType(byte, reader.offset - 1, 'a value type');
}

/** `funcref` or `externref`. */
export function decodeReferenceType(reader: ByteReader): ReferenceType {
  const byte = reader.u8('a reference type');
  if (byte === 0x70) return 'funcref';
  if (byte === 0x6f) return 'externref';
  return refuseType(byte, reader.offset - 1, 'a reference type');
}

/** Whether the byte is an accepted value type. */
export const isValueType = (byte: number): boolean => VALUE_TYPES[byte] !== undefined;

/** Whether the byte is a type that came with reference types. */
export const isReferenceType = (byte: number): boolean => byte === 0x70 || byte === 0x6f;

/** Throws the error for a byte that stands where a type should and is none we accept. */
export function refuseType(byte: number, offset: number, expected: string): never {
  for (const [feature, bytes] of REFUSED_TYPES) if (bytes.includes(byte)) throw unsupported(feature, offset);
  throw malformed(offset, expected, hex(byte));
}
