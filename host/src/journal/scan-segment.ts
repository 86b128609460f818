import { RECORD_BYTES_MAX } from './record.ts';
import { type Found, RecordScanner } from './record-scanner.ts';
import type { Segment } from './segment.ts';
import type { Storage, StorageFile } from './storage.ts';

const PIECE_BYTES = 131_072;

/** Told what is found and where in the file; false stops in front of it. */
export type Visit = (found: Found, offset: number) => boolean;

/**
 * Reads what counts of a segment from a place on, in pieces of bounded memory, which `visit` must copy what it keeps of.
 *
 * @returns where it stopped
 */
export async function scanSegment(storage: Storage, segment: Segment, from: number, visit: Visit): Promise<number> {
  if (from >= segment.bytes) return from;
  const file = await storage.open(segment.path, 'read');
  try {
    return await scanFile(file, segment, from, visit);
  } finally {
    await file.close();
  }
}

async function scanFile(file: StorageFile, segment: Segment, from: number, visit: Visit): Promise<number> {
  const end = segment.bytes;
  let buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - from));
  let position = from;
  while (position < end) {
    const wanted = Math.min(buffer.length, end - position);
    const bytesRead = await readFully(file, buffer.subarray(0, wanted), position);
    const isLast = bytesRead < wanted || position + wanted === end;
    const scanner = new RecordScanner(buffer.subarray(0, bytesRead), segment.name.salt, isLast);
    for (let found = scanner.next(); found !== undefined; found = scanner.next())
      if (!visit(found, position + found.offset)) return position + found.offset;
    position += scanner.offset;
    if (isLast) break;
    if (scanner.offset === 0) buffer = Buffer.allocUnsafe(RECORD_BYTES_MAX);
  }
  return end;
}

async function readFully(file: StorageFile, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < bytes.byteLength) {
    const count = await file.read(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
