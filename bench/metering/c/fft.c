#include "kernel.h"

#define POINTS 512
static double re[POINTS], im[POINTS], cosine[POINTS / 2], sine[POINTS / 2];

/* The twiddle factors by rotation from the first, which a Taylor series gives. */
static void prepare(void) {
  double angle = 6.283185307179586 / POINTS, square = angle * angle;
  double c1 = 1 - square / 2 + square * square / 24 - square * square * square / 720;
  double s1 = angle * (1 - square / 6 + square * square / 120);
  cosine[0] = 1;
  sine[0] = 0;
  for (i32 k = 1; k < POINTS / 2; k++) {
    cosine[k] = cosine[k - 1] * c1 - sine[k - 1] * s1;
    sine[k] = sine[k - 1] * c1 + cosine[k - 1] * s1;
  }
}

static void transform(void) {
  for (u32 index = 1, reversed = 0; index < POINTS; index++) {
    u32 bit = POINTS >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index >= reversed) continue;
    double swapped = re[index];
    re[index] = re[reversed];
    re[reversed] = swapped;
    swapped = im[index];
    im[index] = im[reversed];
    im[reversed] = swapped;
  }
  for (i32 size = 2; size <= POINTS; size <<= 1) {
    i32 half = size >> 1, stride = POINTS / size;
    for (i32 start = 0; start < POINTS; start += size) {
      for (i32 k = 0; k < half; k++) {
        i32 low = start + k, high = low + half;
        double c = cosine[k * stride], s = -sine[k * stride];
        double x = re[high] * c - im[high] * s, y = re[high] * s + im[high] * c;
        re[high] = re[low] - x;
        im[high] = im[low] - y;
        re[low] += x;
        im[low] += y;
      }
    }
  }
}

/* A radix-2 transform of 512 complex points, n times. */
EXPORT_RUN i32 run(i32 n) {
  if (cosine[0] == 0) prepare();
  double sum = 0;
  for (i32 round = 0; round < n; round++) {
    for (i32 index = 0; index < POINTS; index++) {
      re[index] = (double)((index * 13 + round) & 63) - 32;
      im[index] = 0;
    }
    transform();
    sum += re[(round * 5) & (POINTS - 1)] - im[(round * 3) & (POINTS - 1)];
  }
  while (sum > 1e9) sum -= 1e9;
  while (sum < -1e9) sum += 1e9;
  return (i32)sum;
}
