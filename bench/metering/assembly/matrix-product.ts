import '@gatehouse/sdk/assembly/abort';

const SIDE = 32;
const left = new StaticArray<f64>(SIDE * SIDE);
const right = new StaticArray<f64>(SIDE * SIDE);
const product = new StaticArray<f64>(SIDE * SIDE);

function fill(seed: i32): void {
  for (let index = 0; index < SIDE * SIDE; index++) {
    left[index] = <f64>((index * 7 + seed) % 19);
    right[index] = <f64>((index * 5 + seed) % 23);
  }
}

/** The product of two matrices of 32 by 32 doubles, n times. */
export function run(n: i32): i32 {
  let sum: f64 = 0;
  for (let round = 0; round < n; round++) {
    fill(round & 7);
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        let value: f64 = 0;
        for (let k = 0; k < SIDE; k++) value += left[row * SIDE + k] * right[k * SIDE + column];
        product[row * SIDE + column] = value;
      }
    }
    sum += product[(round * 37) % (SIDE * SIDE)];
  }
  return <i32>(sum % 1000000007);
}
