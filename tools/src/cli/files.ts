import { readFileSync } from 'node:fs';
import { GatehouseError } from '../../../host/src/errors.ts';

/** Largest file that is read: a module can have no more. */
const FILE_BYTES_MAX = 67_108_864;

/**
 * The bytes of a file that the command line names.
 * @throws GatehouseError FILE_MISSING
 */
export function readBytes(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new GatehouseError('FILE_MISSING', `${file} cannot be read: ${code}`, { cause });
  }
  if (bytes.byteLength <= FILE_BYTES_MAX) return bytes;
  throw new GatehouseError('WASM_LIMIT', `${file} has ${bytes.byteLength} bytes, at most ${FILE_BYTES_MAX} are read`);
}

export const readText = (file: string): string => Buffer.from(readBytes(file)).toString('utf8');
