import { readFile } from 'node:fs/promises';
import type { Problem } from '../errors.ts';

export type TextFile = { readonly text: string } | { readonly problem: Problem };

/** Reads a file that a person wrote. */
export async function readTextFile(file: string, what: string): Promise<TextFile> {
  const refuse = (code: Problem['code'], message: string): TextFile => ({
    problem: { severity: 'error', code, file, path: '', message },
  });
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return refuse('FILE_MISSING', `expected ${what}, but it ${readFailure(error)}`);
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return refuse('JSON_SYNTAX', `expected ${what} in UTF-8, got bytes that are not`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder',
};

/** Why a file cannot be read, to follow `it`. */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return REASONS[code] ?? `cannot be read: ${code}`;
}
