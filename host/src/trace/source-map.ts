/** A place in what an author wrote; line and column from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const DIGITS = new Int8Array(128).fill(-1);
for (const [value, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  DIGITS[digit.charCodeAt(0)] = value;

/**
 * The place that a source map of version 3 gives for a byte offset in a module; undefined if it has none, or is damaged. Source
 * maps of modules have one line, whose columns are the offsets, ascending, so that it is read only as far as needed.
 */
export function findSourcePlace(sourceMap: string, offset: number): SourcePlace | undefined {
  const { sources, mappings } = parse(sourceMap);
  const segment = mappings === undefined ? undefined : findSegment(mappings, offset);
  const file = segment === undefined ? undefined : sources?.[segment.source];
  if (segment === undefined || typeof file !== 'string') return undefined;
  return { file, line: segment.line + 1, column: segment.column + 1 };
}

function parse(sourceMap: string): { sources?: readonly unknown[]; mappings?: string } {
  try {
    const map = JSON.parse(sourceMap) as Record<string, unknown> | null;
    const sources = map?.['sources'];
    const mappings = map?.['mappings'];
    if (map?.['version'] !== 3 || !Array.isArray(sources) || typeof mappings !== 'string') return {};
    return { sources, mappings };
  } catch {
    return {};
  }
}

interface Segment {
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

/** The last segment that begins at or before `offset`, if it has a source. */
function findSegment(mappings: string, offset: number): Segment | undefined {
  // Generated column, source, line, column: each is the difference to the segment before.
  const fields = [0, 0, 0, 0];
  let found: Segment | undefined;
  for (let at = 0; at < mappings.length; ) {
    let field = 0;
    for (; at < mappings.length && mappings[at] !== ','; field++) {
      const read = readVlq(mappings, at);
      if (read === undefined) return found;
      at = read.next;
      // The name of a variable, the fifth, is of no use here.
      if (field < 4) fields[field] = (fields[field] as number) + read.value;
      if (field === 0 && (fields[0] as number) > offset) return found;
    }
    const [, source = 0, line = 0, column = 0] = fields;
    found = field >= 4 ? { source, line, column } : undefined;
    at++;
  }
  return found;
}

/** One number in base 64: five bits a digit, the lowest first, the sign in the lowest bit of all. */
function readVlq(text: string, from: number): { value: number; next: number } | undefined {
  let value = 0;
  let factor = 1;
  for (let at = from; at < text.length && factor < 2 ** 35; factor *= 32) {
    const digit = DIGITS[text.charCodeAt(at++)] ?? -1;
    if (digit < 0) return undefined;
    value += (digit & 31) * factor;
    if (digit < 32) return { value: value % 2 === 0 ? value / 2 : -(value - 1) / 2, next: at };
  }
  return undefined;
}
