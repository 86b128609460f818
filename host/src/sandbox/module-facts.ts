import type { ReferenceType, ValueType } from './value-type.ts';

/** WebAssembly features beyond the first version that the host accepts. */
export type AcceptedFeature =
  | 'bulk-memory'
  | 'multi-value'
  | 'mutable-globals'
  | 'reference-types'
  | 'saturating-conversion'
  | 'sign-extension'
  | 'simd';

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Linear memory in pages of 65,536 bytes. */
export interface MemoryType {
  readonly initial: number;
  /** Absent: the module sets no maximum. */
  readonly maximum?: number;
}

/** A table in entries. */
export interface TableType {
  readonly element: ReferenceType;
  readonly initial: number;
  /** Absent: the module sets no maximum. */
  readonly maximum?: number;
}

export interface GlobalType {
  readonly value: ValueType;
  readonly mutable: boolean;
}

/** The type of something that crosses the border of a module. */
export type ExternalType =
  | { readonly kind: 'function'; readonly type: FunctionType }
  | { readonly kind: 'table'; readonly type: TableType }
  | { readonly kind: 'memory'; readonly type: MemoryType }
  | { readonly kind: 'global'; readonly type: GlobalType };

export type ImportFact = ExternalType & { readonly module: string; readonly name: string };

/** `index` counts imports of the same kind first, as everywhere in the format. */
export type ExportFact = ExternalType & { readonly name: string; readonly index: number };

export type DefinedMemory = MemoryType & { readonly imported: boolean };
export type DefinedTable = TableType & { readonly imported: boolean };

/** A custom section: its content is `bytes` long and starts at `offset`, behind the name. */
export interface CustomSection {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface LargestFunction {
  /** Index in the module, imported functions first. */
  readonly index: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What a module is, found by decoding all of it. Offsets and sizes are in bytes of the module as it was given. */
export interface ModuleFacts {
  readonly moduleBytes: number;
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  readonly memory?: DefinedMemory;
  readonly tables: readonly DefinedTable[];
  readonly customSections: readonly CustomSection[];
  /** Accepted features beyond the first version of WebAssembly that the module uses, in alphabetical order. */
  readonly features: readonly AcceptedFeature[];
  /** Index of the start function, if there is one. */
  readonly start?: number;
  readonly functions: { readonly imported: number; readonly defined: number; readonly largest?: LargestFunction };
  /** Content of the sections, without their headers; custom sections summed. */
  readonly sizes: { readonly code: number; readonly data: number; readonly element: number; readonly custom: number };
}
