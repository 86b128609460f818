/**
 * Where the bytes of a rewritten module come from: pairs of offsets, the first, ascending, in the rewritten module, the second in
 * the given one, ascending too but where a loop is written twice. From each pair on bytes are copied, until the second offset of the next pair is reached; what is between
 * there and the first offset of the next pair was added, and belongs to the instruction that follows it.
 */
export type OffsetMap = Uint32Array;

/** In the place of the second offset: from there on nothing comes from the given module. */
const NOTHING = 0xffff_ffff;

/** Collects the pairs while a module is rewritten. */
export class OffsetMapBuilder {
  readonly #pairs: number[] = [];

  /** Says that from `rewritten` on, bytes come from `original` on. */
  add(rewritten: number, original: number): void {
    const pairs = this.#pairs;
    const last = pairs.length - 2;
    // A pair that says nothing new is left out.
    if (last >= 0 && rewritten - (pairs[last] as number) === original - (pairs[last + 1] as number)) return;
    pairs.push(rewritten, original);
  }

  /** Appends the pairs of another map, both sides moved on. */
  append(pairs: OffsetMap, rewrittenBy: number): void {
    for (let at = 0; at < pairs.length; at += 2)
      this.#pairs.push((pairs[at] as number) + rewrittenBy, pairs[at + 1] as number);
  }

  /** Says that what comes from `rewritten` on belongs to nothing given. */
  end(rewritten: number): void {
    this.#pairs.push(rewritten, NOTHING);
  }

  build(): OffsetMap {
    return Uint32Array.from(this.#pairs);
  }
}

/**
 * The offset in the given module of what is at `offset` in the rewritten one; undefined for what was added as a whole: functions
 * of the rewriter, and everything before the code.
 */
export function originalOffset(map: OffsetMap, offset: number): number | undefined {
  let low = 0;
  let high = map.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((map[2 * middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return undefined;
  const start = map[2 * low - 1] as number;
  const next = map[2 * low + 1];
  if (next === undefined || start === NOTHING) return undefined;
  const moved = start + offset - (map[2 * low - 2] as number);
  // The next pair is in front of this one where a loop is written a second time.
  return moved < next || next < start ? moved : next;
}
