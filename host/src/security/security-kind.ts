import { ERRORS, type ErrorCode } from '../errors.ts';

/** What happened, in one word for filters. */
export type SecurityKind = 'denied' | 'argument' | 'limit' | 'module' | 'signature' | 'credentials' | 'stuck' | 'log';

/** Codes whose kind of error does not say it; the others are `denied` or `limit`, or do not concern security. */
const KINDS: { readonly [Code in ErrorCode]?: SecurityKind } = {
  GUEST_ARGUMENT: 'argument',
  MODULE_BAD_INBOX: 'argument',
  CLIENT_PROTOCOL: 'argument',
  MODULE_MANIFEST_INVALID: 'module',
  WASM_MALFORMED: 'module',
  WASM_UNSUPPORTED: 'module',
  WASM_LIMIT: 'module',
  ABI_VERSION: 'module',
  ABI_EXPORT: 'module',
  ABI_IMPORT: 'module',
  IMPORT_NOT_GRANTED: 'module',
  SIGNATURE_MISSING: 'signature',
  SIGNATURE_MALFORMED: 'signature',
  SIGNATURE_PARTIAL: 'signature',
  SIGNATURE_INVALID: 'signature',
  SIGNATURE_UNTRUSTED: 'signature',
  TRUST_INVALID: 'signature',
  TRUST_ROLLBACK: 'signature',
  VERSION_ROLLBACK: 'signature',
  CELL_STUCK: 'stuck',
  MODULE_POISONED: 'stuck',
  SECURITY_LOG_LOST: 'log',
  UPLINK_REFUSED: 'credentials',
  UPLINK_TLS: 'credentials',
  DEVICE_REFUSED: 'credentials',
  LISTENER_LOGIN: 'credentials',
};

/** What an error code means for whoever watches for attacks; undefined when it does not concern security. */
export function securityKindOf(code: ErrorCode): SecurityKind | undefined {
  const known = KINDS[code];
  if (known !== undefined) return known;
  const { kind } = ERRORS[code];
  return kind === 'denied' || kind === 'limit' ? kind : undefined;
}
