import { END, functionType, I32, leb, moduleOf, nameOf, section, vec } from '../../unit/host/sandbox/build-wasm.ts';

type Bytes = readonly number[];

/** Sections of a module of the ABI, in the order of the file. */
type SectionName =
  | 'type'
  | 'import'
  | 'function'
  | 'table'
  | 'memory'
  | 'global'
  | 'export'
  | 'element'
  | 'code'
  | 'data';
const SECTION_IDS: Readonly<Record<SectionName, number>> = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
};

const CALL = 0x10;
const I32_CONST = 0x41;
/** Type 4 is () -> (), type 5 and what follows are free. */
const TYPES = [
  functionType([I32, I32, I32, I32], [I32]),
  functionType([], [I32]),
  functionType([I32], [I32]),
  functionType([I32, I32], [I32]),
  functionType([], []),
];
/** Index of the function that attacks; function 0 is `method.respond`. */
export const ATTACK_FUNCTION = 4;
export const VOID_TYPE = 4;

/** Code of `gatehouse_handle`: on a method, attacks and answers with 200. */
const HANDLE: Bytes = [
  ...[0x20, 0, 0x2f, 1, 0, I32_CONST, 5, 0x46, 0x04, 0x40],
  ...[CALL, ATTACK_FUNCTION],
  ...[0x20, 0, 0x28, 2, 24, I32_CONST, 0xc8, 0x01, I32_CONST, 0, I32_CONST, 0, CALL, 0, 0x1a],
  ...[END, I32_CONST, 0],
];

/** A function body: groups of locals as [count, type], and code, to which `end` is added. */
export function bodyWith(locals: readonly (readonly [count: number, type: number])[], code: Bytes): number[] {
  const groups = vec(...locals.map(([count, type]) => [...leb(count), type]));
  return [leb(groups.length + code.length + 1), groups, code, END].flat();
}

/**
 * A module of the ABI as bytes, for what the text form cannot say: its only function of its own, number 4, is called when it is told to
 * attack. `more` adds entries to sections, and whole sections behind the last one.
 */
export function abiBinary(
  attack: Bytes,
  more: { readonly [Name in SectionName]?: readonly Bytes[] } & { readonly after?: readonly Bytes[] } = {},
): Uint8Array {
  const entries: Readonly<Record<SectionName, readonly Bytes[]>> = {
    type: TYPES,
    import: [[...nameOf('method'), ...nameOf('respond'), 0, 0]],
    function: [[1], [2], [3], [VOID_TYPE]],
    table: [],
    memory: [[0, 8]],
    global: [],
    export: [
      [...nameOf('memory'), 2, 0],
      [...nameOf('gatehouse_abi_version'), 0, 1],
      [...nameOf('gatehouse_alloc'), 0, 2],
      [...nameOf('gatehouse_handle'), 0, 3],
    ],
    element: [],
    code: [bodyWith([], [I32_CONST, 1]), bodyWith([], [I32_CONST, 0x80, 0x20]), bodyWith([], HANDLE), attack],
    data: [],
  };
  const sections = (Object.keys(SECTION_IDS) as SectionName[]).flatMap((name) => {
    const all = [...entries[name], ...(more[name] ?? [])];
    return all.length === 0 ? [] : [sectionOf(SECTION_IDS[name], all)];
  });
  return moduleOf(...sections, ...(more.after ?? []));
}

/** A section of many entries; the number of them may be large. */
export function sectionOf(id: number, entries: readonly Bytes[]): number[] {
  return section(id, [leb(entries.length), entries.flat()].flat());
}
