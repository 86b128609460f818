#include "kernel.h"

#define LENGTH 1024
static i32 values[LENGTH];

static void sort(i32 *low, i32 *high) {
  while (low < high) {
    i32 pivot = low[(high - low) >> 1], *i = low, *j = high;
    while (i <= j) {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i > j) break;
      i32 swapped = *i;
      *i++ = *j;
      *j-- = swapped;
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

/* Sorts 1,024 pseudo-random integers, n times. */
EXPORT_RUN i32 run(i32 n) {
  u32 sum = 0;
  for (i32 round = 0; round < n; round++) {
    u32 state = 12345 + (u32)round;
    for (i32 index = 0; index < LENGTH; index++) {
      state = state * 1664525u + 1013904223u;
      values[index] = (i32)(state >> 8);
    }
    sort(values, values + LENGTH - 1);
    sum = sum * 31 + (u32)values[(round * 97) & (LENGTH - 1)];
  }
  return (i32)sum;
}
