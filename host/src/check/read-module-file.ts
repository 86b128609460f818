import { type FileHandle, open } from 'node:fs/promises';
import { GatehouseError } from '../errors.ts';
import { readFailure } from './read-text-file.ts';

/**
 * Reads the file of a module, at most `maxBytes` of it.
 *
 * @throws GatehouseError MODULE_MISSING if it is not there or no file, WASM_LIMIT if it is larger
 */
export async function readModuleFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw missing(path, readFailure(error));
  });
  try {
    return await readAll(handle, path, maxBytes);
  } finally {
    await handle.close();
  }
}

/** Throws WASM_LIMIT for a file that is larger than its module may be. */
export function checkFileSize(fileBytes: number, maxBytes: number): void {
  if (fileBytes <= maxBytes) return;
  throw new GatehouseError('WASM_LIMIT', `the module file has ${fileBytes} bytes, moduleBytes allows ${maxBytes}`, {
    details: { limit: 'moduleBytes', max: maxBytes, got: fileBytes },
  });
}

async function readAll(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const facts = await handle.stat();
  if (!facts.isFile()) throw missing(path, facts.isDirectory() ? 'is a folder' : 'is not a regular file');
  checkFileSize(facts.size, maxBytes);
  try {
    return await handle.readFile();
  } catch (error) {
    throw missing(path, readFailure(error));
  }
}

const missing = (path: string, why: string): GatehouseError =>
  new GatehouseError('MODULE_MISSING', `the module file ${path} ${why}`, { details: { path } });
