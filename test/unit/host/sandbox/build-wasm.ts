/** Bytes of the binary format, written by hand in tests. */
export const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;

/** The byte of each value type. */
export const TYPE_BYTES = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
} as const;

export const I32 = 0x7f;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const END = 0x0b;

export function leb(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...leb(Math.floor(value / 0x80))];
}

/** Signed LEB128 [WASM-5.2.2]. */
export function signedLeb(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
  return isLast ? [low] : [low | 0x80, ...signedLeb(rest)];
}

export const vec = (...entries: readonly (readonly number[])[]): number[] => [
  ...leb(entries.length),
  ...entries.flat(),
];
export const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
export const nameOf = (text: string): number[] => [...leb(bytesOf(text).length), ...bytesOf(text)];
export const section = (id: number, content: readonly number[]): number[] =>
  [[id], leb(content.length), content].flat();
export const customSectionOf = (name: string, content: readonly number[] = []): number[] =>
  section(0, [...nameOf(name), ...content]);
export const functionType = (params: readonly number[], results: readonly number[]): number[] => [
  0x60,
  ...vec(...params.map((type) => [type])),
  ...vec(...results.map((type) => [type])),
];
/** A function body without locals; `end` is added. */
export const body = (...code: readonly number[]): number[] => [...leb(code.length + 2), 0, ...code, END];
/** A module of whole sections. */
export const moduleOf = (...sections: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([PREAMBLE, ...sections].flat());

/**
 * A module whose only function, of type () -> (), has this code, with one of everything that an instruction can name with index
 * 0: type, function, table, memory, mutable i32 global, element segment, data segment, and a local of type i32.
 */
export function moduleWithCode(...code: readonly number[]): Uint8Array {
  return moduleOf(
    section(1, vec(functionType([], []))),
    section(3, vec([0])),
    section(4, vec([FUNCREF, 0, 1])),
    section(5, vec([0, 1])),
    section(6, vec([I32, 1, 0x41, 0, END])),
    section(7, vec([...nameOf('f'), 0, 0])),
    section(9, vec([1, 0, ...vec([0])])),
    section(12, [1]),
    section(10, vec([...leb(code.length + 4), 1, 1, I32, ...code, END])),
    section(11, vec([1, ...vec()])),
  );
}
