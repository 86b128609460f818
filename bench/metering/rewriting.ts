import { prepareModule } from '../../host/src/sandbox/index.ts';
import { median } from '../lib/bench.ts';
import { binaryenModule } from './binaryen-module.ts';
import { codeBytes } from './code-bytes.ts';
import { BENCH_LIMITS } from './metered-pair.ts';
import { readyModules } from './ready-modules.ts';

const ROUNDS = 7;
const MB = 1e6;

/** What rewriting costs in time and in size. */
export interface Rewriting {
  /** Megabytes a second for a large module, with V8's validation before and after, as a host does it; in processor time. */
  readonly mbPerSecond: number;
  /** Milliseconds for one of the ready modules, the mean. */
  readonly readyModuleMs: number;
  /** Rewritten code section over the given one. */
  readonly codeGrowth: number;
  /** Rewritten file over the given one; custom sections are gone from it. */
  readonly fileGrowth: number;
  readonly largeCodeGrowth: number;
}

export function measureRewriting(): Rewriting {
  const large = binaryenModule();
  const ready = readyModules().map(({ wasm }) => wasm);
  const [readyMs, readyRewritten] = timeRewriting(ready);
  const [largeMs, largeRewritten] = timeRewriting([large]);
  return {
    mbPerSecond: large.byteLength / MB / (largeMs / 1000),
    readyModuleMs: readyMs / ready.length,
    codeGrowth: total(readyRewritten, codeBytes) / total(ready, codeBytes),
    fileGrowth: total(readyRewritten, fileBytes) / total(ready, fileBytes),
    largeCodeGrowth: total(largeRewritten, codeBytes) / codeBytes(large),
  };
}

/** The median processor time of several rounds over all modules, and what comes out. */
function timeRewriting(modules: readonly Uint8Array[]): [ms: number, rewritten: Uint8Array[]] {
  const rewrite = () => modules.map((wasm) => prepareModule(wasm, BENCH_LIMITS).bytes);
  const rewritten = rewrite();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage();
    rewrite();
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / 1000);
  }
  return [median(times), rewritten];
}

function total(modules: readonly Uint8Array[], bytesOf: (wasm: Uint8Array) => number): number {
  return modules.reduce((sum, wasm) => sum + bytesOf(wasm), 0);
}

function fileBytes(wasm: Uint8Array): number {
  return wasm.byteLength;
}
