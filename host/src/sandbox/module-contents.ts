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

/** Everything found so far while the sections are decoded in order; index spaces have the imports first. */
export interface ModuleContents {
  readonly sections: SectionSpan[];
  readonly types: FunctionType[];
  readonly imports: ImportFact[];
  /** Types of all functions, imported ones first. */
  readonly functions: FunctionType[];
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
  return {
    sections: [],
    types: [],
    imports: [],
    functions: [],
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
