import '@gatehouse/sdk/assembly/abort';

const LIMIT = 8192;
const composite = new StaticArray<u8>(LIMIT);

/** Counts the primes below 8,192, n times. */
export function run(n: i32): i32 {
  let count = 0;
  for (let round = 0; round < n; round++) {
    count = 0;
    composite.fill(0);
    for (let candidate = 2; candidate < LIMIT; candidate++) {
      if (composite[candidate]) continue;
      count++;
      for (let multiple = candidate * 2; multiple < LIMIT; multiple += candidate) composite[multiple] = 1;
    }
  }
  return count;
}
