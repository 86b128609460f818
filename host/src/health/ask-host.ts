import { request } from 'node:http';
import { GatehouseError } from '../errors.ts';
import { decodeFile, FILE_CHARACTERS_MAX } from '../json/index.ts';
import { type Health, healthShape } from './health-shape.ts';

const DEADLINE_MS = 5_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks a running host for a page, within a deadline and a bounded number of bytes.
 *
 * @param origin such as `http://127.0.0.1:9600`
 * @throws GatehouseError HOST_UNREACHABLE
 */
export function askHost(origin: string, path: string): Promise<Answer> {
  const url = new URL(path, origin);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void =>
      reject(new GatehouseError('HOST_UNREACHABLE', `no host answers at ${url}: ${why}`, { cause }));
    const signal = AbortSignal.timeout(DEADLINE_MS);
    let isAnswered = false;
    const call = request(url, { agent: false, signal }, (response) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        chunks.push(chunk);
        if (bytes > FILE_CHARACTERS_MAX)
          call.destroy(new Error(`it answers with more than ${FILE_CHARACTERS_MAX} bytes`));
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', (error) => fail(error.message, error));
    });
    call.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        signal.aborted ? `nothing came within ${DEADLINE_MS / 1000} s` : (REASONS[error.code ?? ''] ?? error.message),
        error,
      ),
    );
    // One that wants to speak another protocol ends without an error.
    call.on('close', () => isAnswered || fail('the connection ended without an answer'));
    call.end();
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut; too many may be asking',
  ENOTFOUND: 'there is no such name',
};

/**
 * Asks a running host how it is.
 *
 * @throws GatehouseError HOST_UNREACHABLE, also when what answers is no Gatehouse host
 */
export async function askHealth(origin: string): Promise<Health> {
  const { status, text } = await askHost(origin, '/health');
  const { value } = decodeFile(text, 'the answer', healthShape, 'HOST_UNREACHABLE');
  if (value !== undefined && (status === 200 || status === 503)) return value;
  throw new GatehouseError(
    'HOST_UNREACHABLE',
    `what answers at ${origin} is no Gatehouse host of this version (${status})`,
  );
}
