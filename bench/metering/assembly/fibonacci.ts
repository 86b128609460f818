import '@gatehouse/sdk/assembly/abort';

function fibonacci(n: i32): i32 {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** The twentieth Fibonacci number by two recursive calls each, n times. */
export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) sum += fibonacci(20 - (round & 1));
  return sum;
}
