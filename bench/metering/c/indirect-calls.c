#include "kernel.h"

typedef i32 (*operation)(i32 value, i32 operand);

static i32 add(i32 value, i32 operand) { return value + operand; }
static i32 subtract(i32 value, i32 operand) { return value - operand * 3; }
static i32 mix(i32 value, i32 operand) { return (value ^ operand) * 5; }
static i32 shift(i32 value, i32 operand) { return (i32)((u32)value >> (operand & 7)) + operand; }
static i32 twice(i32 value, i32 operand) { return mix(add(value, operand), value); }
static i32 swap(i32 value, i32 operand) { return operand - value; }

static const operation operations[8] = {add, subtract, mix, shift, twice, swap, mix, add};

/* Calls through a table of functions, as virtual methods and handlers are called; 128 a round. */
EXPORT_RUN i32 run(i32 n) {
  i32 value = 1;
  for (i32 round = 0; round < n; round++) {
    for (i32 step = 0; step < 128; step++) value = operations[(step * 5 + round) & 7](value, step);
  }
  return value;
}
