#include "kernel.h"

#define BYTES 1024
#define ROTATE(x, bits) (((x) >> (bits)) | ((x) << (32 - (bits))))

static u32 constants[64];
static u32 state[8];
static u8 data[BYTES];

/* The first 32 bits of the fractional part of a root, by Newton's method: the constants need no table. */
static u32 root_fraction(u32 prime, i32 isCube) {
  double root = 3;
  for (i32 step = 0; step < 40; step++) {
    root = isCube ? (2 * root + prime / (root * root)) / 3 : (root + prime / root) / 2;
  }
  return (u32)((root - (u32)root) * 4294967296.0);
}

static void prepare(void) {
  u32 found = 0;
  for (u32 candidate = 2; found < 64; candidate++) {
    u32 divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor != 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    constants[found++] = root_fraction(candidate, 1);
  }
  for (u32 index = 0; index < BYTES; index++) data[index] = (u8)(index * 17 + 3);
}

static void reset(void) {
  static const u8 primes[8] = {2, 3, 5, 7, 11, 13, 17, 19};
  for (i32 index = 0; index < 8; index++) state[index] = root_fraction(primes[index], 0);
}

static void compress(const u8 *block) {
  u32 w[64];
  for (i32 t = 0; t < 16; t++) {
    w[t] = ((u32)block[t * 4] << 24) | ((u32)block[t * 4 + 1] << 16) | ((u32)block[t * 4 + 2] << 8) | block[t * 4 + 3];
  }
  for (i32 t = 16; t < 64; t++) {
    u32 s0 = ROTATE(w[t - 15], 7) ^ ROTATE(w[t - 15], 18) ^ (w[t - 15] >> 3);
    u32 s1 = ROTATE(w[t - 2], 17) ^ ROTATE(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (i32 t = 0; t < 64; t++) {
    u32 t1 = h + (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + ((e & f) ^ (~e & g)) + constants[t] + w[t];
    u32 t2 = (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/* SHA-256 [FIPS 180-4] over blocks of 1,024 bytes, without the last padding, n times. */
EXPORT_RUN i32 run(i32 n) {
  if (constants[0] == 0) prepare();
  reset();
  for (i32 round = 0; round < n; round++) {
    for (i32 at = 0; at < BYTES; at += 64) compress(data + at);
  }
  return (i32)(state[0] ^ state[7]);
}
