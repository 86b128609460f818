import { decodeModule } from './decode-module.ts';
import type { ModuleContents } from './module-contents.ts';
import type { CustomSection, ModuleFacts } from './module-facts.ts';

/**
 * Decodes a module down to its instructions and says what it is, without compiling or trusting it. Time and memory are linear
 * in its size. Throws `WASM_MALFORMED` (details offset, expected, got), `WASM_UNSUPPORTED` (feature, offset) or `WASM_LIMIT`
 * (limit, offset, max, got). Operand types are not checked; `prepareModule` does that too.
 */
export function inspectModule(bytes: Uint8Array): ModuleFacts {
  return factsOf(decodeModule(bytes), bytes.byteLength);
}

/** The facts among the contents of a decoded module. */
export function factsOf(contents: ModuleContents, moduleBytes: number): ModuleFacts {
  const { imported, memories, start, largest } = contents;
  const [memory] = memories.map(({ span: _, ...type }) => ({ ...type, imported: imported.memories > 0 }));
  return {
    moduleBytes,
    imports: contents.imports,
    exports: contents.exports,
    ...(memory === undefined ? {} : { memory }),
    tables: contents.tables.map(({ span: _, ...type }, index) => ({ ...type, imported: index < imported.tables })),
    customSections: contents.customSections,
    features: [...contents.features].sort(),
    ...(start === undefined ? {} : { start }),
    functions: {
      imported: imported.functions,
      defined: contents.functions.length - imported.functions,
      ...(largest === undefined ? {} : { largest }),
    },
    sizes: contents.sizes,
  };
}

/**
 * The content of the first custom section of that name, as a view into `bytes`, which must be those the facts were made from;
 * undefined if there is none.
 */
export function customSection(facts: ModuleFacts, bytes: Uint8Array, name: string): Uint8Array | undefined {
  if (facts.moduleBytes !== bytes.byteLength) throw new RangeError('the facts are those of another module');
  const section = facts.customSections.find((candidate: CustomSection) => candidate.name === name);
  return section === undefined ? undefined : bytes.subarray(section.offset, section.offset + section.bytes);
}
