import { fileURLToPath } from 'node:url';
import { compileAssembly } from '../../tools/src/module-build/index.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  gatehouse_alloc(length: number): number;
  gatehouse_handle(pointer: number, length: number): number;
}

/** A module under measurement. */
export interface Subject {
  readonly name: string;
  /** Size of the release file. */
  readonly bytes: number;
  /** Puts a frame into the inbox. */
  load(frame: Uint8Array): void;
  /** Handles the frame in the inbox that many times; false if the module trapped. */
  handle(times: number): boolean;
  /** What it emitted last. */
  emitted(): string;
  memoryBytes(): number;
}

export interface SubjectOptions {
  /** File in `assembly`. */
  readonly source: string;
  readonly options?: readonly string[];
  /** Environment variables for the compiler, by which json-as is configured. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Compiles a module for release and puts it behind imports that cost next to nothing. */
export async function openSubject(
  name: string,
  { source, options = [], environment = {} }: SubjectOptions,
): Promise<Subject> {
  const entry = fileURLToPath(new URL(`assembly/${source}.ts`, import.meta.url));
  Object.assign(process.env, environment);
  const wasm = await compileAssembly(entry, { options, anyImports: true });
  for (const variable of Object.keys(environment)) delete process.env[variable];
  let body = [0, 0];
  const module = new WebAssembly.Module(wasm);
  const instance = new WebAssembly.Instance(module, {
    message: {
      output: () => 0,
      emit: (_output: number, _flags: number, _at: number, _bytes: number, pointer: number, length: number) => {
        body = [pointer, length];
        return 0;
      },
    },
    log: { abort: () => 0 },
    env: { abort: () => 0 },
  });
  const exports = instance.exports as unknown as Exports;
  exports._initialize();
  const inbox = exports.gatehouse_alloc(65_536);
  let length = 0;
  return {
    name,
    bytes: wasm.byteLength,
    load: (frame) => {
      new Uint8Array(exports.memory.buffer).set(frame, inbox);
      length = frame.byteLength;
    },
    handle: (times) => {
      try {
        for (let index = 0; index < times; index++) exports.gatehouse_handle(inbox, length);
        return true;
      } catch {
        return false;
      }
    },
    emitted: () => Buffer.from(exports.memory.buffer, body[0], body[1]).toString('utf8'),
    memoryBytes: () => exports.memory.buffer.byteLength,
  };
}
