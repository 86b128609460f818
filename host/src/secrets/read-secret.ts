import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { GatehouseError } from '../errors.ts';
import { SECRET_BYTES_MAX, type Secrets } from './secret-source.ts';

/** Visible ASCII, with spaces only within: what a header can carry. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Reads a secret anew, so that one that was replaced takes effect at once. Line ends behind it do not count.
 *
 * @throws GatehouseError SECRET_UNAVAILABLE, which says where it was looked for and never what was found
 */
export async function readSecret(secrets: Secrets, name: string): Promise<string> {
  const source = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (source === undefined) throw unavailable(name, 'gateway.json does not have it');
  const place = 'file' in source ? `the file ${source.file}` : `the variable ${source.env}`;
  const text = 'file' in source ? await readFileOf(name, source.file) : process.env[source.env];
  if (text === undefined) throw unavailable(name, `${place} does not exist`);
  const value = text.replace(/[\r\n]+$/, '');
  if (value.length > SECRET_BYTES_MAX) throw unavailable(name, `${place} holds more than ${SECRET_BYTES_MAX} bytes`);
  if (!VALUE.test(value)) throw unavailable(name, `${place} is not one line of visible ASCII`);
  return value;
}

/** The file if it is a regular one; a pipe would keep whoever reads it waiting. */
async function readFileOf(name: string, file: string): Promise<string> {
  try {
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await handle.stat()).isFile()) throw new Error('it is no regular file');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SECRET_BYTES_MAX + 3), 0, SECRET_BYTES_MAX + 3, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unavailable(name, `the file ${file} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => code ?? message;

const unavailable = (name: string, why: string): GatehouseError =>
  new GatehouseError('SECRET_UNAVAILABLE', `the secret "${name}" is not available: ${why}`, { details: { name } });
