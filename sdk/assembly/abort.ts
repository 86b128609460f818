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
  let messageBytes: i32 = 0;
  let fileBytes: i32 = 0;
  if (message !== null) messageBytes = encode(message, room, min(message.length, ABORT_UNITS));
  if (file !== null) fileBytes = encode(file, room + messageBytes, min(file.length, ABORT_UNITS));
  log.abort(room, messageBytes, room + messageBytes, fileBytes, line, column);
  unreachable();
}
