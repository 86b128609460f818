import { AddedFunctions } from './added-functions.ts';
import { growthCaps } from './bulk-charge.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { copyEdited, type Edit } from './copy-edited.ts';
import type { ImportCosts } from './import-costs.ts';
import { type MeterIndices, NOT_STOPPED, writeI32 } from './meter-code.ts';
import type { BodySpan, ModuleContents, SectionSpan } from './module-contents.ts';
import type { FunctionType } from './module-facts.ts';
import { type OffsetMap, OffsetMapBuilder } from './offset-map.ts';
import { OPCODE } from './opcodes.ts';
import { type FunctionPlan, planFunctions } from './plan-functions.ts';
import { type RewriteContext, rewriteFunction } from './rewrite-function.ts';
import { decodeGlobalSection } from './sections/definition-sections.ts';
import { decodeElementSection } from './sections/segment-sections.ts';
import { TypeTable } from './type-table.ts';
import { VALUE_TYPE_BYTES } from './value-type.ts';
import { overLimit } from './wasm-error.ts';

/** What a rewritten module enforces. */
export interface MeterLimits {
  readonly fuelPerCall: number;
  readonly stackBytes: number;
  readonly memoryPages: number;
  readonly tableEntries: number;
  readonly importCosts: ImportCosts;
  /** Most bytes of a given function. */
  readonly functionBytes: number;
  /** Leaves NaNs as the processor makes them: only to measure what it costs that they are canonical. */
  readonly keepNans?: boolean;
}

/** Names of the exports that a rewritten module has besides its own. */
export interface Meter {
  /** `() -> f64`: units of fuel used by all calls from outside that returned. */
  readonly takeFuel: string;
  /** `() -> i32`, asked after a trap: 0 it was the module's own, 1 out of fuel, 2 out of stack. */
  readonly stopReason: string;
  /**
   * `() -> ()`, the start function, if the module has one. It is no longer called by the engine, but must be called once, first:
   * only then is there somebody to ask why it was stopped.
   */
  readonly start?: string;
}

export interface RewrittenModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly meter: Meter;
  readonly offsets: OffsetMap;
}

/** Sections in the order of the format [WASM-5.5.2], without custom ones and the start section. */
const SECTION_ORDER = [1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11] as const;
/** V8 takes no larger function. */
const ENGINE_BODY_BYTES_MAX = 7_654_321;
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const EXPORT_KINDS = { function: 0, table: 1, memory: 2, global: 3 } as const;
/** Flags of an element segment that only declares functions, and the kind of its elements. */
const DECLARATIVE = [0x03, 0x00];

/**
 * Adds metering to a module that the engine has validated: otherwise an index beyond the end of the given module could come to
 * mean what is added behind it. `edits` are the capped maximums.
 */
export function rewriteModule(
  bytes: Uint8Array,
  contents: ModuleContents,
  limits: MeterLimits,
  edits: readonly Edit[],
): RewrittenModule {
  return new ModuleRewriter(bytes, contents, limits, edits).rewrite();
}

class ModuleRewriter {
  readonly #bytes: Uint8Array;
  readonly #contents: ModuleContents;
  readonly #edits: readonly Edit[];
  readonly #sections: ReadonlyMap<number, SectionSpan>;
  readonly #types: TypeTable;
  readonly #plans: readonly FunctionPlan[];
  /** Functions that code takes references of. */
  readonly #referencedInCode = new Set<number>();
  readonly #added: AddedFunctions;
  readonly #context: RewriteContext;
  /** Most bytes of a rewritten function: the compiler's memory is bounded by the grant, whatever a module is made of. */
  readonly #bodyBytesMax: number;
  readonly #codeOffsets = new OffsetMapBuilder();
  readonly #meter: Meter;

  constructor(bytes: Uint8Array, contents: ModuleContents, limits: MeterLimits, edits: readonly Edit[]) {
    this.#bytes = bytes;
    this.#edits = edits;
    this.#bodyBytesMax = Math.min(ENGINE_BODY_BYTES_MAX, Math.max(65_536, 4 * limits.functionBytes));
    this.#contents = {
      ...contents,
      visitFunctionReference: (index) => {
        contents.referenced.add(index);
        this.#referencedInCode.add(index);
      },
    };
    this.#sections = new Map(contents.sections.map((section) => [section.id, section]));
    this.#types = new TypeTable(contents.types);
    this.#meter = meterNames(contents);
    const visibleGlobals = findVisibleGlobals(contents);
    const meter = meterIndices(contents, limits);
    this.#plans = planFunctions(bytes, this.#contents, visibleGlobals);
    this.#added = new AddedFunctions(contents, this.#plans, this.#types, {
      meter,
      importCosts: limits.importCosts,
      writeFull: (index, to, offsets) => this.#writeFull(index, to, offsets),
    });
    this.#context = {
      bytes,
      module: { plans: this.#plans, types: contents.types, functions: contents.functions },
      types: this.#types,
      meter,
      caps: growthCaps(contents, limits.memoryPages, limits.tableEntries),
      visibleGlobals,
      keepNans: limits.keepNans ?? false,
      callTarget: (index) => this.#added.callTarget(index),
      referenceTarget: (index) => this.#added.referenceTarget(index),
    };
  }

  rewrite(): RewrittenModule {
    // These first: while they are written, it turns out which types there must be.
    const functions = this.#functionSection();
    const code = this.#code();
    const to = new ByteWriter(code.length + this.#bytes.byteLength);
    const offsets = new OffsetMapBuilder();
    to.raw(PREAMBLE);
    for (const id of SECTION_ORDER) {
      const content = id === 10 ? code : id === 3 ? functions : this.#section(id);
      if (content === undefined) continue;
      to.u8(id);
      to.u32(content.length);
      if (id === 10) offsets.append(this.#codeOffsets.build(), to.length);
      to.raw(content.written);
    }
    return { bytes: Uint8Array.from(to.written), meter: this.#meter, offsets: offsets.build() };
  }

  #section(id: number): ByteWriter | undefined {
    switch (id) {
      case 1:
        return this.#typeSection();
      case 6:
        return this.#globalSection();
      case 7:
        return this.#exportSection();
      case 9:
        return this.#elementSection();
      default:
        return this.#copied(id);
    }
  }

  #copied(id: number): ByteWriter | undefined {
    const span = this.#sections.get(id);
    if (span === undefined) return undefined;
    const to = new ByteWriter(span.end - span.contentStart);
    copyEdited(to, this.#bytes, span.contentStart, span.end, this.#edits);
    return to;
  }

  #typeSection(): ByteWriter {
    const to = new ByteWriter();
    to.u32(this.#types.count);
    this.#copyEntries(to, 1);
    this.#types.writeAdded(to);
    return to;
  }

  #functionSection(): ByteWriter {
    const to = new ByteWriter();
    const { functionTypes, imported, bodies } = this.#contents;
    to.u32(bodies.length + this.#added.list.length);
    for (let index = imported.functions; index < functionTypes.length; index++)
      to.u32(this.#types.inForm(functionTypes[index] as number, (this.#plans[index] as FunctionPlan).form));
    for (const { type } of this.#added.list) to.u32(type);
    return to;
  }

  #code(): ByteWriter {
    const { bodies, imported, functions } = this.#contents;
    const to = new ByteWriter(2 * this.#contents.sizes.code);
    const body = new ByteWriter();
    const writeBody = (at: number, write: (offsets: OffsetMapBuilder) => void): void => {
      const offsets = new OffsetMapBuilder();
      body.clear();
      write(offsets);
      if (body.length > this.#bodyBytesMax) throw overLimit('functionBytes', at, this.#bodyBytesMax, body.length);
      to.u32(body.length);
      this.#codeOffsets.append(offsets.build(), to.length);
      to.raw(body.written);
      this.#codeOffsets.end(to.length);
    };
    to.u32(bodies.length + this.#added.list.length);
    for (const [position, span] of bodies.entries()) {
      const index = imported.functions + position;
      const given = { body: span, type: functions[index] as FunctionType, plan: this.#plans[index] as FunctionPlan };
      writeBody(span.start, (offsets) => rewriteFunction(this.#context, given, body, offsets));
    }
    for (const { write } of this.#added.list) writeBody(0, (offsets) => write(body, offsets));
    return to;
  }

  /** A plain function in full form, for tables. */
  #writeFull(index: number, to: ByteWriter, offsets: OffsetMapBuilder): void {
    const { bodies, imported, functions } = this.#contents;
    const body = bodies[index - imported.functions] as BodySpan;
    const plan: FunctionPlan = { ...(this.#plans[index] as FunctionPlan), form: 'full' };
    rewriteFunction(this.#context, { body, type: functions[index] as FunctionType, plan }, to, offsets);
  }

  #globalSection(): ByteWriter {
    const { globals, imported } = this.#contents;
    const to = new ByteWriter();
    to.u32(globals.length - imported.globals + 2);
    this.#copyWithReferences(to, 6, (reader, contents) =>
      decodeGlobalSection(reader, { ...contents, globals: globals.slice(0, imported.globals) }),
    );
    to.raw([VALUE_TYPE_BYTES.f64, 0x01, OPCODE.f64Const, 0, 0, 0, 0, 0, 0, 0, 0, OPCODE.end]);
    to.raw([VALUE_TYPE_BYTES.i32, 0x01]);
    writeI32(to, NOT_STOPPED);
    to.u8(OPCODE.end);
    return to;
  }

  #exportSection(): ByteWriter {
    const { exports, start } = this.#contents;
    const to = new ByteWriter();
    const write = (name: string, kind: keyof typeof EXPORT_KINDS, index: number): void => {
      to.name(name);
      to.u8(EXPORT_KINDS[kind]);
      to.u32(index);
    };
    to.u32(exports.length + (start === undefined ? 2 : 3));
    for (const { name, kind, index } of exports)
      write(name, kind, kind === 'function' ? this.#added.exportTarget(index) : index);
    write(this.#meter.takeFuel, 'function', this.#added.takeFuel);
    write(this.#meter.stopReason, 'function', this.#added.stopReason);
    if (start !== undefined) write(this.#meter.start as string, 'function', this.#added.exportTarget(start));
    return to;
  }

  /** References in code are valid only to functions that are named outside of code too, so those that stand for others are declared. */
  #elementSection(): ByteWriter | undefined {
    const span = this.#sections.get(9);
    const declared = [...this.#referencedInCode].map((index) => this.#added.referenceTarget(index));
    if (span === undefined && declared.length === 0) return undefined;
    const to = new ByteWriter();
    to.u32(this.#countOf(9) + (declared.length > 0 ? 1 : 0));
    this.#copyWithReferences(to, 9, decodeElementSection);
    if (declared.length === 0) return to;
    to.raw(DECLARATIVE);
    to.u32(declared.length);
    for (const index of declared) to.u32(index);
    return to;
  }

  /** The number of entries that a given section says it has. */
  #countOf(id: number): number {
    const span = this.#sections.get(id);
    return span === undefined ? 0 : this.#readerOf(span).u32('a count');
  }

  #readerOf({ contentStart, end }: SectionSpan): ByteReader {
    const reader = new ByteReader(this.#bytes);
    reader.offset = contentStart;
    reader.end = end;
    return reader;
  }

  /** Copies the entries of a given section, without their count. */
  #copyEntries(to: ByteWriter, id: number): void {
    const span = this.#sections.get(id);
    if (span === undefined) return;
    const reader = this.#readerOf(span);
    reader.u32('a count');
    to.copy(this.#bytes, reader.offset, span.end);
  }

  /** Copies the entries of a given section with every function in them replaced by what stands for its reference. */
  #copyWithReferences(
    to: ByteWriter,
    id: number,
    decode: (reader: ByteReader, contents: ModuleContents) => void,
  ): void {
    const span = this.#sections.get(id);
    if (span === undefined) return;
    const counted = this.#readerOf(span);
    counted.u32('a count');
    let copiedTo = counted.offset;
    const visitFunctionReference = (index: number, start: number, end: number): void => {
      to.copy(this.#bytes, copiedTo, start);
      to.u32(this.#added.referenceTarget(index));
      copiedTo = end;
    };
    decode(this.#readerOf(span), { ...this.#contents, visitFunctionReference });
    to.copy(this.#bytes, copiedTo, span.end);
  }
}

/** What is added stands behind everything given, so that no given index changes. */
function meterIndices({ globals }: ModuleContents, { fuelPerCall, stackBytes }: MeterLimits): MeterIndices {
  return { usedGlobal: globals.length, stopGlobal: globals.length + 1, fuelPerCall, stackBytes };
}

/** Names that the module does not export itself. */
function meterNames({ exports, start }: ModuleContents): Meter {
  const taken = new Set(exports.map(({ name }) => name));
  const free = (name: string): string => {
    let found = name;
    while (taken.has(found)) found += "'";
    return found;
  };
  return {
    takeFuel: free('gatehouse:take-fuel'),
    stopReason: free('gatehouse:stop-reason'),
    ...(start === undefined ? {} : { start: free('gatehouse:start') }),
  };
}

/** Types of the globals with numbers that others than the module can read. */
function findVisibleGlobals({ globals, imported, exports }: ModuleContents): Map<number, 'f32' | 'f64'> {
  const visible = new Map<number, 'f32' | 'f64'>();
  const add = (index: number): void => {
    const value = globals[index]?.value;
    if (value === 'f32' || value === 'f64') visible.set(index, value);
  };
  for (let index = 0; index < imported.globals; index++) add(index);
  for (const { kind, index } of exports) if (kind === 'global') add(index);
  return visible;
}
