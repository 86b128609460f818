import * as log from './imports/log';
import { encode } from './utf8';

/** Longest part of a message or file name that reaches the log, in UTF-16 code units. */
const ABORT_UNITS: i32 = 240;

/**
 * Replaces the compiler's `abort` (`--use abort=...` in asconfig.json): message, file and line reach the log, and then
 * the module traps [ABI-4.6]. It allocates nothing, so that it also works when memory is what has run out.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const room = memory.data(6 * 240);
  const messageBytes = encodeStart(message, room);
  const fileBytes = encodeStart(file, room + messageBytes);
  log.abort(room, messageBytes, room + messageBytes, fileBytes, line, column);
  unreachable();
}

function encodeStart(text: string | null, target: usize): i32 {
  // Compared as a pointer: comparing as a string would bring code that a small module has no other use for.
  if (changetype<usize>(text) == 0) return 0;
  const start = changetype<string>(text);
  return encode(start, target, min(start.length, ABORT_UNITS));
}
