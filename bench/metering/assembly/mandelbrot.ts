import '@gatehouse/sdk/assembly/abort';

const SIDE = 32;
const ITERATIONS = 200;

function iterationsAt(cx: f64, cy: f64): i32 {
  let x: f64 = 0;
  let y: f64 = 0;
  let count = 0;
  while (count < ITERATIONS) {
    const xx = x * x;
    const yy = y * y;
    if (xx + yy > 4) break;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
    count++;
  }
  return count;
}

/** A picture of 32 by 32 points with at most 200 iterations each, n times. */
export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) {
    const shift = <f64>(round & 15) / 1000;
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        sum += iterationsAt((<f64>column * 3) / SIDE - 2.1 + shift, (<f64>row * 2.4) / SIDE - 1.2);
      }
    }
  }
  return sum;
}
