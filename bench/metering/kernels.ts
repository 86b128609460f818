import { compileAssembly } from '../../tools/src/module-build/index.ts';
import { compileC } from './compile-c.ts';

/** A program of one export, `run(n: i32): i32`, that does its work n times and returns a checksum. */
export interface Kernel {
  /** Name of its source and the language: `sieve (C)`. */
  readonly name: string;
  /** What most of its time goes into: loops, or calls of functions. */
  readonly kind: 'loop' | 'call';
  /** Whether it computes with floating-point numbers, so that canonical NaNs can cost something. */
  readonly hasFloats: boolean;
  compile(): Promise<Uint8Array>;
}

/** Sources that compute with floating-point numbers. */
const FLOATING = ['fft', 'json-scan', 'mandelbrot', 'matrix-product'];

/** What is measured; some programs are there in both languages, because the compilers leave different code. */
export const KERNELS: readonly Kernel[] = [
  assembly('sieve', 'loop'),
  assembly('json-scan', 'loop'),
  assembly('matrix-product', 'loop'),
  assembly('quicksort', 'loop'),
  assembly('mandelbrot', 'loop'),
  assembly('strings', 'loop'),
  assembly('fibonacci', 'call'),
  assembly('small-functions', 'call'),
  c('sieve', 'loop'),
  c('crc32', 'loop'),
  c('sha256', 'loop'),
  c('fft', 'loop'),
  c('matrix-product', 'loop'),
  c('quicksort', 'loop'),
  c('text-building', 'loop'),
  c('interpreter', 'loop'),
  c('fibonacci', 'call'),
  c('small-functions', 'call'),
  c('indirect-calls', 'call'),
];

function assembly(source: string, kind: Kernel['kind']): Kernel {
  const entry = new URL(`assembly/${source}.ts`, import.meta.url).pathname;
  return {
    ...common(source, 'AS', kind),
    compile: () => compileAssembly(entry, { anyImports: true }),
  };
}

function c(source: string, kind: Kernel['kind']): Kernel {
  return { ...common(source, 'C', kind), compile: async () => compileC(source) };
}

function common(source: string, language: string, kind: Kernel['kind']): Omit<Kernel, 'compile'> {
  return { name: `${source} (${language})`, kind, hasFloats: FLOATING.includes(source) };
}
