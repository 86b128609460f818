/** A whole number from 0 to below `bound`. */
export type Random = (bound: number) => number;

/** A small reproducible generator (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Mutation = (bytes: number[], corpus: readonly Uint8Array[], random: Random) => void;

/** Bytes that mean something in many places of the format. */
const TELLING = [
  0x00, 0x01, 0x02, 0x05, 0x0b, 0x0d, 0x12, 0x1c, 0x40, 0x60, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xc0, 0xd0, 0xfb, 0xfc,
  0xfd, 0xfe, 0xff,
];

const MUTATIONS: readonly Mutation[] = [
  (bytes, _, random) => {
    bytes[random(bytes.length)] = random(256);
  },
  (bytes, _, random) => {
    bytes[random(bytes.length)] = TELLING[random(TELLING.length)] as number;
  },
  (bytes, _, random) => {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  },
  (bytes, _, random) => {
    bytes.splice(random(bytes.length), 0, TELLING[random(TELLING.length)] as number);
  },
  (bytes, _, random) => {
    bytes.splice(random(bytes.length), 1 + random(4));
  },
  (bytes, _, random) => {
    // A longer encoding of the same integer, where the byte is one.
    const at = 8 + random(Math.max(1, bytes.length - 8));
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) bytes.splice(at, 1, byte | 0x80, ...Array<number>(random(5)).fill(0x80), 0x00);
  },
  (bytes, _, random) => {
    const at = random(bytes.length);
    bytes.splice(random(bytes.length), 0, ...bytes.slice(at, at + 1 + random(32)));
  },
  (bytes, corpus, random) => {
    const other = corpus[random(corpus.length)] as Uint8Array;
    const at = random(other.length);
    bytes.splice(random(bytes.length), random(32), ...other.subarray(at, at + random(32)));
  },
  (bytes, corpus, random) => {
    // The end of one module behind the beginning of another.
    const other = corpus[random(corpus.length)] as Uint8Array;
    bytes.splice(random(bytes.length), bytes.length, ...other.subarray(random(other.length)));
  },
];

/** A copy with one to four things changed. */
export function mutate(module: Uint8Array, corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const bytes = [...module];
  for (let left = 1 + random(4); left > 0 && bytes.length > 0; left--) {
    MUTATIONS[random(MUTATIONS.length)]?.(bytes, corpus, random);
  }
  return Uint8Array.from(bytes);
}
