import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** One line of a script of the WebAssembly test suite; `test/vectors/wasm/README.md` describes the form. */
export interface SuiteCommand {
  readonly type: string;
  readonly line: number;
  readonly module?: readonly [offset: number, bytes: number];
  readonly name?: string;
  readonly as?: string;
  readonly text?: string;
  readonly invoke?: string;
  readonly get?: string;
  readonly on?: string;
  readonly args?: readonly string[];
  readonly expected?: readonly string[];
}

export interface SuiteScript {
  readonly source: string;
  readonly commands: readonly SuiteCommand[];
}

export interface CoreSuite {
  readonly scripts: readonly SuiteScript[];
  /** The module of a command that has one. */
  moduleOf(command: SuiteCommand): Uint8Array;
}

/** Reads the packed test suite. */
export function openCoreSuite(): CoreSuite {
  const packed = readFileSync(new URL('../../../vectors/wasm/core.pack.br', import.meta.url));
  const bytes = brotliDecompressSync(packed);
  const modulesAt = 4 + bytes.readUInt32LE(0);
  return {
    scripts: JSON.parse(bytes.toString('utf8', 4, modulesAt)) as SuiteScript[],
    moduleOf(command) {
      const [offset, length] = command.module as readonly [number, number];
      return Uint8Array.from(bytes.subarray(modulesAt + offset, modulesAt + offset + length));
    },
  };
}
