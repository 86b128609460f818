/** OIDs of basicConstraints, keyUsage, extKeyUsage and subjectAltName. */
const KNOWN = new Set(['551d13', '551d0f', '551d25', '551d11']);
const OID_BYTES_MAX = 32;
/** TRUE, and the OCTET STRING that follows it in an extension which must be understood. */
const CRITICAL = Buffer.from('0101ff04', 'hex');
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
/** What follows it in DER: perhaps critical, OCTET STRING of SEQUENCE of TRUE for an authority, and perhaps the length of the path. */
const PATH_LENGTH = /^(?:0101ff)?04..30..0101ff(?:0201(..))?/;

/**
 * Whether a certificate has an extension that must be understood and is not known here, or limits the names that it may sign for. In
 * case of doubt it has.
 *
 * @param raw DER
 */
export function isBeyondUs(raw: Buffer): boolean {
  if (raw.includes(NAME_CONSTRAINTS)) return true;
  for (let at = raw.indexOf(CRITICAL); at >= 0; at = raw.indexOf(CRITICAL, at + 1)) {
    const oid = oidBefore(raw, at);
    if (oid !== undefined && !KNOWN.has(oid)) return true;
  }
  return false;
}

/**
 * How many issuers may stand between an authority and a server; -1 for what is not written as an authority is.
 *
 * @param raw DER
 */
export function pathLengthOf(raw: Buffer): number {
  const at = raw.indexOf(BASIC_CONSTRAINTS) + BASIC_CONSTRAINTS.byteLength;
  const found = PATH_LENGTH.exec(raw.toString('hex', at, at + 16));
  if (found === null) return -1;
  return found[1] === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(found[1], 16);
}

/** The object identifier that ends there, in hexadecimal digits. */
function oidBefore(raw: Buffer, end: number): string | undefined {
  for (let bytes = 1; bytes <= OID_BYTES_MAX; bytes++) {
    const start = end - bytes;
    if (raw[start - 2] === 6 && raw[start - 1] === bytes) return raw.toString('hex', start, end);
  }
  return undefined;
}
