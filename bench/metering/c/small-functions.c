#include "kernel.h"

struct random {
  u32 state;
};

static NOINLINE u32 rotate(u32 value, u32 bits) { return (value << bits) | (value >> (32 - bits)); }

static NOINLINE u32 next(struct random *random) {
  random->state = random->state * 1664525u + 1013904223u;
  return rotate(random->state, 7);
}

static NOINLINE i32 between(struct random *random, i32 low, i32 high) {
  return low + (i32)(next(random) % (u32)(high - low));
}

static NOINLINE i32 maximum(i32 a, i32 b) { return a > b ? a : b; }

static NOINLINE i32 distance(i32 a, i32 b) { return maximum(a - b, b - a); }

/* A hundred little calls of calls a round. */
EXPORT_RUN i32 run(i32 n) {
  struct random random = {42};
  u32 sum = 0;
  for (i32 round = 0; round < n; round++) {
    for (i32 step = 0; step < 32; step++) {
      i32 a = between(&random, 0, 1000), b = between(&random, step, 2000);
      sum = sum * 31 + (u32)distance(a, b);
    }
  }
  return (i32)sum;
}
