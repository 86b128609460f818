import type { ErrorCode } from '../errors.ts';
import type { JsonNode } from './node.ts';
import { parseJson } from './parse.ts';
import { ProblemLog } from './problem-log.ts';
import { Place, type Shape } from './shape.ts';

/** Most characters of a file that a person writes. */
export const FILE_CHARACTERS_MAX = 4_194_304;

export interface DecodedFile<T> {
  readonly value: T | undefined;
  readonly root: JsonNode | undefined;
  readonly log: ProblemLog;
}

/**
 * Reads a text as JSON of a shape. All problems are in the log; the value is undefined if one of them concerns the file as
 * a whole.
 *
 * @param code that of values which are not as expected
 * @param folder what paths in it are relative to; absent: it is not of this machine, and names no files
 */
export function decodeFile<T>(
  text: string,
  file: string,
  shape: Shape<T>,
  code: ErrorCode,
  folder?: string,
): DecodedFile<T> {
  const log = new ProblemLog(file, text);
  if (text.length > FILE_CHARACTERS_MAX) {
    log.add({
      code,
      path: '',
      message: `expected at most ${FILE_CHARACTERS_MAX} characters, got ${text.length}`,
      offset: 0,
    });
    return { value: undefined, root: undefined, log };
  }
  const { root, faults } = parseJson(text);
  for (const fault of faults) log.add({ code: 'JSON_SYNTAX', ...fault });
  if (root === undefined) return { value: undefined, root, log };
  log.place('', root.offset);
  const value = shape.decode(root, new Place(log, { path: '', code, folder }));
  return { value: log.fileIsWrong ? undefined : value, root, log };
}
