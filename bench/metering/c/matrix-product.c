#include "kernel.h"

#define SIDE 32
static double left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

/* The product of two matrices of 32 by 32 doubles, n times. */
EXPORT_RUN i32 run(i32 n) {
  double sum = 0;
  for (i32 round = 0; round < n; round++) {
    for (i32 row = 0; row < SIDE; row++) {
      for (i32 column = 0; column < SIDE; column++) {
        left[row][column] = (row * 7 + column + round) & 15;
        right[row][column] = (row * 5 + column * 3) & 31;
      }
    }
    for (i32 row = 0; row < SIDE; row++) {
      for (i32 column = 0; column < SIDE; column++) {
        double value = 0;
        for (i32 k = 0; k < SIDE; k++) value += left[row][k] * right[k][column];
        product[row][column] = value;
      }
    }
    sum += product[round & (SIDE - 1)][(round * 3) & (SIDE - 1)];
    if (sum > 1e9) sum -= 1e9;
  }
  return (i32)sum;
}
