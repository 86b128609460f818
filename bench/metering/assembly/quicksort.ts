import '@gatehouse/sdk/assembly/abort';

const LENGTH = 1024;
const values = new StaticArray<i32>(LENGTH);

function sort(low: i32, high: i32): void {
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (j - low < high - i) {
      sort(low, j);
      low = i;
    } else {
      sort(i, high);
      high = j;
    }
  }
}

/** Sorts 1,024 pseudo-random integers, n times. */
export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) {
    let state: u32 = 12345 + round;
    for (let index = 0; index < LENGTH; index++) {
      state = state * 1664525 + 1013904223;
      values[index] = <i32>(state >> 8);
    }
    sort(0, LENGTH - 1);
    sum = sum * 31 + values[(round * 97) & (LENGTH - 1)];
  }
  return sum;
}
