#include "kernel.h"

enum { PUSH, LOAD, STORE, ADD, SUBTRACT, MULTIPLY, LESS, JUMP, JUMP_IF, DUPLICATE, DROP, HALT };

/* sum = 0; i = 0; while (i < 200) { sum = sum * 3 + i; i = i + 1; } */
static const u8 program[] = {
    PUSH, 0, STORE, 0, PUSH, 0, STORE, 1,
    LOAD, 1, PUSH, 200, LESS, JUMP_IF, 17, JUMP, 38,
    LOAD, 0, PUSH, 3, MULTIPLY, LOAD, 1, ADD, DUPLICATE, DROP, STORE, 0,
    LOAD, 1, PUSH, 1, ADD, STORE, 1, JUMP, 8,
    HALT,
};

/* Read through a volatile pointer, so that the compiler does not evaluate the program itself. */
static const u8 *volatile entry = program;

static u32 variables[4];

static NOINLINE u32 interpret(const u8 *code, u32 seed) {
  u32 stack[16], top = 0;
  u32 at = 0;
  for (;;) {
    switch (code[at++]) {
      case PUSH:
        stack[top++] = code[at++];
        break;
      case LOAD:
        stack[top++] = variables[code[at++]];
        break;
      case STORE:
        variables[code[at++]] = stack[--top];
        break;
      case ADD:
        top--;
        stack[top - 1] += stack[top];
        break;
      case SUBTRACT:
        top--;
        stack[top - 1] -= stack[top];
        break;
      case MULTIPLY:
        top--;
        stack[top - 1] *= stack[top];
        break;
      case LESS:
        top--;
        stack[top - 1] = stack[top - 1] < stack[top];
        break;
      case JUMP:
        at = code[at];
        break;
      case JUMP_IF:
        top--;
        at = stack[top] ? code[at] : at + 1;
        break;
      case DUPLICATE:
        stack[top] = stack[top - 1];
        top++;
        break;
      case DROP:
        top--;
        break;
      default:
        return variables[0] + seed;
    }
  }
}

/* An interpreter of a stack machine: one br_table an instruction; 200 loops of its program a round. */
EXPORT_RUN i32 run(i32 n) {
  u32 sum = 0;
  for (i32 round = 0; round < n; round++) sum = sum * 31 + interpret(entry, (u32)round);
  return (i32)sum;
}
