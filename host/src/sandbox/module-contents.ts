import type {
  AcceptedFeature,
  CustomSection,
  ExportFact,
  FunctionType,
  GlobalType,
  ImportFact,
  LargestFunction,
  MemoryType,
  TableType,
} from './module-facts.ts';

/** A part of the module as it lies in the file: the header starts at `start`, the content is `contentStart` to `end`. */
export interface SectionSpan {
  readonly id: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** Where the limits (flags, initial, maximum) of a memory or table are encoded. */
export interface LimitsSpan {
  readonly start: number;
  readonly end: number;
}

/** The body of a defined function: declarations of locals from `start`, instructions from `codeStart`. */
export interface BodySpan {
  readonly start: number;
  readonly codeStart: number;
  readonly end: number;
}

/** Told where a function is named outside of code: the bytes `start` to `end` encode its index. */
export type FunctionReferenceVisitor = (index: number, start: number, end: number) => void;

/** Everything found so far while the sections are decoded in order; index spaces have the imports first. */
export interface ModuleContents {
  readonly sections: SectionSpan[];
  readonly types: FunctionType[];
  readonly imports: ImportFact[];
  /** Types of all functions, imported ones first. */
  readonly functions: FunctionType[];
  /** Index of the type of each function, as the module has it. */
  readonly functionTypes: number[];
  /** Bodies of the defined functions. */
  readonly bodies: BodySpan[];
  /** Told of each function that a table or a global may hold. */
  visitFunctionReference: FunctionReferenceVisitor;
  /** Functions that a table or a global may hold from the start. */
  readonly referenced: Set<number>;
  readonly tables: (TableType & { readonly span: LimitsSpan })[];
  readonly memories: (MemoryType & { readonly span: LimitsSpan })[];
  readonly globals: GlobalType[];
  readonly exports: ExportFact[];
  readonly customSections: CustomSection[];
  readonly features: Set<AcceptedFeature>;
  readonly imported: { functions: number; tables: number; memories: number; globals: number };
  readonly sizes: { code: number; data: number; element: number; custom: number };
  start?: number;
  largest?: LargestFunction;
  codeCount: number;
  dataCount?: number;
  dataSegments: number;
}

export function createModuleContents(): ModuleContents {
  const referenced = new Set<number>();
  return {
    sections: [],
    types: [],
    imports: [],
    functions: [],
    functionTypes: [],
    bodies: [],
    visitFunctionReference: (index) => referenced.add(index),
    referenced,
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    customSections: [],
    features: new Set(),
    imported: { functions: 0, tables: 0, memories: 0, globals: 0 },
    sizes: { code: 0, data: 0, element: 0, custom: 0 },
    codeCount: 0,
    dataSegments: 0,
  };
}
