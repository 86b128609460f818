/**
 * The most a module may have of each structure. They bound the memory and time of decoding, compiling and instantiating
 * whatever the grant of the module is, and stay below the limits that V8 has itself by what rewriting adds.
 */
export const STRUCTURE_LIMITS = {
  types: 100_000,
  /** Parameters and results of all types together. */
  typeValues: 100_000,
  params: 900,
  results: 900,
  imports: 10_000,
  functions: 100_000,
  tables: 64,
  globals: 100_000,
  exports: 99_000,
  elementSegments: 100_000,
  elements: 10_000_000,
  dataSegments: 100_000,
  customSections: 1_000,
  nameBytes: 100_000,
  locals: 49_000,
  branchTargets: 65_520,
  /**
   * Values that the engine's compilers must copy for one function and for all of them: what locals and operands there are at each place
   * where ways part or meet. A function of 110 KB could otherwise take 12 s and 4.7 GB to compile. A million take about 140 MB.
   */
  functionCompileWork: 1_000_000,
  compileWork: 16_000_000,
  /** Bytes of the stack that parameters, locals and operands of one call may take, as `frame-bytes.ts` counts them. */
  frameBytes: 131_072,
} as const;

export type StructureLimitName = keyof typeof STRUCTURE_LIMITS;

/**
 * Size of one function body in bytes unless the caller sets another. V8's optimising compiler takes about 60 bytes of
 * memory for each byte of a single large function, so one function must not be as large as a module may be.
 */
export const DEFAULT_FUNCTION_BYTES = 131_072;
