#include "kernel.h"

static NOINLINE i32 fibonacci(i32 n) {
  if (n < 2) return n;
  i32 before = fibonacci(n - 1);
  return before + fibonacci(n - 2);
}

/* The twentieth Fibonacci number by recursive calls, n times. */
EXPORT_RUN i32 run(i32 n) {
  i32 sum = 0;
  for (i32 round = 0; round < n; round++) sum += fibonacci(20 - (round & 1));
  return sum;
}
