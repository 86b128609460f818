import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TrapFrame } from '../bridge/frames.ts';
import { customSection, type ModuleFacts, type OffsetMap, originalOffset } from '../sandbox/index.ts';
import { functionNames } from './function-names.ts';
import { findSourcePlace } from './source-map.ts';

/** Where the author's view of a module comes from. */
export interface TraceSource {
  /** The module file; it may have changed since. */
  readonly path: string;
  /** SHA-256 of its content when it was loaded, in hex. */
  readonly digest: string;
  readonly facts: ModuleFacts;
  readonly offsets: OffsetMap;
}

const FRAMES_MAX = 4;
const NAME_CHARACTERS_MAX = 128;
const SOURCE_MAP_BYTES_MAX = 8_388_608;
/** Descriptions that are kept; a module that traps tends to trap in the same place again. */
const KNOWN_MAX = 64;

/**
 * Says where a module trapped in the words of its author: names of functions from the file, lines from the source map beside it.
 * Both are read when a trap must be described and not kept. They are not trusted: what is damaged or missing makes the description
 * poorer and nothing else.
 */
export class ModuleTrace {
  readonly #source: TraceSource;
  readonly #known = new Map<string, string>();

  constructor(source: TraceSource) {
    this.#source = source;
  }

  /** The innermost frames, as `onMessage (assembly/index.ts:48:12) < handle`; empty if none is the module's own. */
  describe(frames: readonly TrapFrame[]): string {
    const key = JSON.stringify(frames);
    const known = this.#known.get(key) ?? this.#describe(frames);
    if (this.#known.size < KNOWN_MAX) this.#known.set(key, known);
    return known;
  }

  #describe(frames: readonly TrapFrame[]): string {
    const own = frames
      .flatMap(({ function: index, offset }) => {
        const original = originalOffset(this.#source.offsets, offset);
        return original === undefined ? [] : [{ index, offset: original }];
      })
      .slice(0, FRAMES_MAX);
    if (own.length === 0) return '';
    const bytes = this.#readModule();
    const names = this.#section(bytes, 'name');
    const byIndex = names === undefined ? undefined : functionNames(names, new Set(own.map(({ index }) => index)));
    const sourceMap = this.#readSourceMap(bytes);
    return own
      .map(({ index, offset }) => {
        const name = byIndex?.get(index)?.slice(0, NAME_CHARACTERS_MAX) ?? `function ${index}`;
        const place = sourceMap === undefined ? undefined : findSourcePlace(sourceMap, offset);
        if (place === undefined) return `${name} (0x${offset.toString(16)})`;
        return `${name} (${place.file.slice(-NAME_CHARACTERS_MAX)}:${place.line}:${place.column})`;
      })
      .join(' < ');
  }

  /** The file, if it is still the one that runs. */
  #readModule(): Uint8Array | undefined {
    const { path, digest, facts } = this.#source;
    const bytes = readBounded(path, facts.moduleBytes);
    return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === digest ? bytes : undefined;
  }

  #section(bytes: Uint8Array | undefined, name: string): Uint8Array | undefined {
    return bytes === undefined ? undefined : customSection(this.#source.facts, bytes, name);
  }

  /** The source map that the module names, if that is a file beside it: a module has no say in what else the host reads. */
  #readSourceMap(bytes: Uint8Array | undefined): string | undefined {
    const section = this.#section(bytes, 'sourceMappingURL');
    if (section === undefined) return undefined;
    // A text behind its length, which is one byte for every name that is taken here.
    const name = /^(?:\.\/)?([A-Za-z0-9_][A-Za-z0-9._-]{0,100}\.map)$/.exec(
      new TextDecoder().decode(section.subarray(1)),
    )?.[1];
    const map =
      name === undefined ? undefined : readBounded(join(dirname(this.#source.path), name), SOURCE_MAP_BYTES_MAX);
    return map === undefined ? undefined : new TextDecoder().decode(map);
  }
}

/** A regular file of at most so many bytes; undefined for anything else. */
function readBounded(path: string, bytesMax: number): Uint8Array | undefined {
  try {
    const facts = statSync(path);
    return facts.isFile() && facts.size <= bytesMax ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
