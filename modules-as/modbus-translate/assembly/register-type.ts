/** What the words of a register mean. */
export const enum RegisterType {
  u16,
  i16,
  u32,
  i32,
  u64,
  i64,
  f32,
  f64,
  bool,
}

/** The names of the types, in the order of `RegisterType`, as an error message says them. */
export const TYPE_NAMES = 'u16, i16, u32, i32, u64, i64, f32, f64 or bool';

/** The type of that name, or -1. */
export function registerType(name: string): i32 {
  if (name == 'u16') return RegisterType.u16;
  if (name == 'i16') return RegisterType.i16;
  if (name == 'u32') return RegisterType.u32;
  if (name == 'i32') return RegisterType.i32;
  if (name == 'u64') return RegisterType.u64;
  if (name == 'i64') return RegisterType.i64;
  if (name == 'f32') return RegisterType.f32;
  if (name == 'f64') return RegisterType.f64;
  if (name == 'bool') return RegisterType.bool;
  return -1;
}

/** Number of 16-bit words a value of the type takes. */
export function wordsOf(type: RegisterType): i32 {
  switch (type) {
    case RegisterType.u32:
    case RegisterType.i32:
    case RegisterType.f32:
      return 2;
    case RegisterType.u64:
    case RegisterType.i64:
    case RegisterType.f64:
      return 4;
    default:
      return 1;
  }
}

/** True for types whose raw value is a whole number. */
export function isWhole(type: RegisterType): bool {
  return type != RegisterType.f32 && type != RegisterType.f64;
}
