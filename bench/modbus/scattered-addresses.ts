/** Different addresses below `span`, ascending: the same ones in every run (a linear congruential generator of 31 bits). */
export function scatteredAddresses(count: number, span: number): number[] {
  const found = new Set<number>();
  for (let state = 1; found.size < count; ) {
    state = Number((BigInt(state) * 48_271n) % 2_147_483_647n);
    found.add(Math.floor((state / 2_147_483_647) * span));
  }
  return [...found].sort((a, b) => a - b);
}
