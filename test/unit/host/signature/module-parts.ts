import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, GatehouseError } from '../../../../host/src/errors.ts';
import { assert } from '../../../lib/suite.ts';

/** `\0asm` and version 1. */
export const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

/** A custom section; name and content have fewer than 100 bytes in all. */
export function customSection(name: string, content: readonly number[] = []): number[] {
  const body = [name.length, ...ascii(name), ...content];
  return [0, ...(body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7]), ...body];
}

export const description = (text = '{"name":"pump","version":"1.0.0"}'): number[] =>
  customSection('gatehouse.manifest', ascii(text));

/** A module of the given sections. */
export const moduleOf = (...sections: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([...PREAMBLE, ...sections.flat()]);

/** The bytes of a module, with some of them changed, taken out or put in. */
export function edited(bytes: Uint8Array, at: number, remove: number, insert: readonly number[] = []): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + remove)]);
}

/** Asserts that work ends in a coded error and returns it. */
export function refusal(work: () => unknown, code: ErrorCode, message?: RegExp): GatehouseError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof GatehouseError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return error;
  }
  return assert.fail(`expected ${code}`);
}

/** A file of `test/vectors/signature`. */
export function readVectors<T>(file: string): T {
  return JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../../vectors/signature/${file}`, import.meta.url)), 'utf8'),
  ) as T;
}
