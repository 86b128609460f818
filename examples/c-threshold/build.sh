#!/bin/sh
# Builds threshold.wasm (or the file named by the first argument) with clang and wasm-ld, version 14 or later. In two steps, because clang
# as the linker driver would also run whatever wasm-opt it finds.
set -eu
out=$(realpath -m "${1:-$(dirname "$0")/threshold.wasm}")
cd "$(dirname "$0")"
object=$(mktemp)
trap 'rm -f "$object"' EXIT
clang --target=wasm32 -std=c11 -Oz -Wall -Wextra -Werror -ffreestanding -mbulk-memory -c -o "$object" threshold.c
wasm-ld --no-entry --stack-first --strip-all -z stack-size=16384 -o "$out" "$object"
