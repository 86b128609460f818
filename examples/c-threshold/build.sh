#!/bin/sh
# Builds threshold.wasm (or the file named by the first argument) with clang and wasm-ld, version 14 or later.
set -eu
out=$(realpath -m "${1:-$(dirname "$0")/threshold.wasm}")
cd "$(dirname "$0")"
exec clang --target=wasm32 -std=c11 -Oz -Wall -Wextra -Werror -ffreestanding -nostdlib -mbulk-memory \
  -Wl,--no-entry -Wl,--stack-first -Wl,--strip-all -Wl,-z,stack-size=16384 -o "$out" threshold.c
