import { type ErrorCode, GatehouseError } from '../errors.ts';

/** What can be wrong with the signature of a module; `docs/errors.md` says what each means. */
export type SignatureFault = Extract<
  ErrorCode,
  'SIGNATURE_MISSING' | 'SIGNATURE_MALFORMED' | 'SIGNATURE_PARTIAL' | 'SIGNATURE_INVALID' | 'SIGNATURE_UNTRUSTED'
>;

/** `SIGNATURE_MALFORMED`: the bytes at `offset` of the module are not what the format of signatures has there. */
export function malformedSignature(offset: number, expected: string, got: string): GatehouseError {
  return new GatehouseError('SIGNATURE_MALFORMED', `signature, byte ${offset}: expected ${expected}, got ${got}`, {
    details: { offset, expected, got },
  });
}

/** `SIGNATURE_PARTIAL`: the signature is made for parts of a module. */
export function partialSignature(offset: number, found: string): GatehouseError {
  return new GatehouseError(
    'SIGNATURE_PARTIAL',
    `signature, byte ${offset}: ${found}; only one hash over the whole module is accepted`,
    { details: { offset, found } },
  );
}

/** The code of an error if it says what is wrong with a signature, and not that the file is no module. */
export function signatureFault(error: unknown): SignatureFault | undefined {
  if (!(error instanceof GatehouseError) || !error.code.startsWith('SIGNATURE_')) return undefined;
  return error.code as SignatureFault;
}
