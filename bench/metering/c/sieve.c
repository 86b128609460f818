#include "kernel.h"

#define LIMIT 8192
static u8 composite[LIMIT];

/* Counts the primes below 8,192, n times. */
EXPORT_RUN i32 run(i32 n) {
  i32 count = 0;
  for (i32 round = 0; round < n; round++) {
    count = 0;
    for (i32 index = 0; index < LIMIT; index++) composite[index] = 0;
    for (i32 candidate = 2; candidate < LIMIT; candidate++) {
      if (composite[candidate]) continue;
      count++;
      for (i32 multiple = candidate * 2; multiple < LIMIT; multiple += candidate) composite[multiple] = 1;
    }
  }
  return count;
}
