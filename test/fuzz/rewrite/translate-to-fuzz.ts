import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../node_modules/binaryen/bin/wasm-opt', import.meta.url));

/** Exactly the features that the host accepts. */
const FEATURES = [
  ...['simd', 'bulk-memory', 'bulk-memory-opt', 'reference-types', 'multivalue', 'sign-ext', 'mutable-globals'],
  'nontrapping-float-to-int',
];
const NOT_ACCEPTED = [
  ...['gc', 'exception-handling', 'tail-call', 'threads', 'memory64', 'multimemory', 'relaxed-simd', 'strings'],
  ...['extended-const', 'stack-switching', 'custom-descriptors', 'fp16', 'shared-everything', 'custom-page-sizes'],
];
const FLAGS = [...FEATURES.map((name) => `--enable-${name}`), ...NOT_ACCEPTED.map((name) => `--disable-${name}`)];

/** Changes nothing here; without any pass the program complains. */
const PASS = '--strip-debug';

interface Emscripten {
  readonly arguments: readonly string[];
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  readonly instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => void;
}

type Program = (
  module: Emscripten,
  require: NodeJS.Require,
  process: NodeJS.Process,
  file: string,
  folder: string,
  exports: object,
) => () => Uint8Array<ArrayBuffer>;

/**
 * The generator `wasm-opt --translate-to-fuzz` of binaryen: any bytes become a valid module. The program is a script around a
 * WebAssembly module of 6 MB; as a process of its own it takes a second each time, so it is kept loaded here and only its instance
 * is new for every module, which takes some 25 ms.
 */
export class FuzzTranslator {
  readonly #program: Program;
  readonly #require = createRequire(PROGRAM);
  readonly #module: WebAssembly.Module;
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatehouse-fuzz-'));

  constructor() {
    const source = readFileSync(PROGRAM, 'utf8').replace(/^#!.*/, '');
    const names = ['Module', 'require', 'process', '__filename', '__dirname', 'module'];
    this.#program = new Function(...names, `${source}\nreturn findWasmBinary;`) as Program;
    const ignore = (): void => undefined;
    const idle = { arguments: [], print: ignore, printErr: ignore, instantiateWasm: ignore };
    this.#module = new WebAssembly.Module(this.#start(idle, process)());
  }

  /** Makes a module of any bytes. */
  async translate(seed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const input = join(this.#folder, 'seed');
    const output = join(this.#folder, 'module.wasm');
    writeFileSync(input, seed);
    rmSync(output, { force: true });
    await this.#run([input, '-ttf', '-o', output, ...FLAGS, PASS]);
    return Uint8Array.from(readFileSync(output));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Its `main` runs within promises that are settled by the next turn of the event loop. */
  async #run(args: readonly string[]): Promise<void> {
    const words: string[] = [];
    const itsProcess = Object.create(process, { exitCode: { value: undefined, writable: true } }) as NodeJS.Process;
    const note = (text: string): void => {
      words.push(text);
    };
    this.#start(
      {
        arguments: args,
        print: note,
        printErr: note,
        instantiateWasm: (imports, done) => done(new WebAssembly.Instance(this.#module, imports)),
      },
      itsProcess,
    );
    await new Promise((resolve) => setImmediate(resolve));
    if (itsProcess.exitCode !== 0) throw new Error(`wasm-opt ended with ${itsProcess.exitCode}: ${words.join('\n')}`);
  }

  #start(module: Emscripten, itsProcess: NodeJS.Process): () => Uint8Array<ArrayBuffer> {
    return this.#program(module, this.#require, itsProcess, PROGRAM, '/', {});
  }
}
