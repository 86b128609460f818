/** OIDs in hexadecimal digits. */
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const NAME_CONSTRAINTS = '551d1e';
const NETSCAPE_TYPE = '6086480186f8420101';
/** Those that may be critical: the first two, extKeyUsage and subjectAltName. */
const KNOWN = new Set([BASIC_CONSTRAINTS, KEY_USAGE, '551d25', '551d11']);
/** Bits of which a server must have one, where its certificate has any: to sign, or to encrypt or agree on a key; a server. */
const SERVER_BITS = [
  [KEY_USAGE, 0xa8],
  [NETSCAPE_TYPE, 0x40],
] as const;

const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30, extensions: 0xa3 };
const LENGTH_BYTES_MAX = 3;

interface Extension {
  readonly isCritical: boolean;
  readonly value: Buffer;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** What the extensions of a certificate allow it, as far as Node does not tell. */
export interface CertificateExtensions {
  /** There is one that must be understood and is not known here, or limits the names that the certificate may sign for. */
  readonly areBeyondUs: boolean;
  /** How many issuers may stand between an authority and a server; -1 for what is no authority. */
  readonly pathLength: number;
  /** The key of the certificate may be that of a server. */
  readonly allowServer: boolean;
}

/**
 * @param raw DER
 * @returns undefined for what is not written as a certificate is, or has an extension twice
 */
export function readExtensions(raw: Buffer): CertificateExtensions | undefined {
  try {
    const extensions = extensionsOf(raw);
    return {
      areBeyondUs: [...extensions].some(([oid, { isCritical }]) => isBeyondUs(oid, isCritical)),
      pathLength: pathLengthOf(extensions.get(BASIC_CONSTRAINTS)?.value),
      allowServer: SERVER_BITS.every(([oid, bits]) => hasBit(extensions.get(oid)?.value, bits)),
    };
  } catch {
    return undefined;
  }
}

function extensionsOf(raw: Buffer): Map<string, Extension> {
  const [toBeSigned] = elements(only(raw, TAG.sequence));
  const list = elements(contentOf(toBeSigned, TAG.sequence)).find(({ tag }) => tag === TAG.extensions);
  const extensions = new Map<string, Extension>();
  if (list === undefined) return extensions;
  for (const element of elements(only(list.content, TAG.sequence))) {
    const [name, ...rest] = elements(contentOf(element, TAG.sequence));
    const oid = contentOf(name, TAG.oid).toString('hex');
    if (extensions.has(oid)) throw new Error('an extension is there twice');
    const isCritical = rest.length === 2 && contentOf(rest[0], TAG.boolean).some(Boolean);
    extensions.set(oid, { isCritical, value: contentOf(rest.at(-1), TAG.octets) });
  }
  return extensions;
}

const isBeyondUs = (oid: string, isCritical: boolean): boolean =>
  oid === NAME_CONSTRAINTS || (isCritical && !KNOWN.has(oid));

function pathLengthOf(constraints: Buffer | undefined): number {
  if (constraints === undefined) return -1;
  const [isAuthority, length] = elements(only(constraints, TAG.sequence));
  if (isAuthority?.tag !== TAG.boolean || !isAuthority.content.some(Boolean)) return -1;
  if (length === undefined) return Number.POSITIVE_INFINITY;
  const digits = contentOf(length, TAG.integer);
  return digits.readIntBE(0, digits.length);
}

/** The first byte of a BIT STRING says how many bits at its end do not count. */
function hasBit(value: Buffer | undefined, bits: number): boolean {
  return value === undefined || ((only(value, TAG.bits)[1] ?? 0) & bits) !== 0;
}

/** The elements of DER that follow each other. */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || lengthBytes > LENGTH_BYTES_MAX) throw new Error('a length is not that of DER');
    const start = at + 2 + lengthBytes;
    const end = start + (lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes));
    if (end > bytes.length) throw new Error('an element is longer than what it is in');
    found.push({ tag: bytes.readUInt8(at), content: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

function only(bytes: Buffer, tag: number): Buffer {
  const [element, ...more] = elements(bytes);
  if (more.length > 0) throw new Error('more than one element');
  return contentOf(element, tag);
}

function contentOf(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new Error(`expected an element with tag ${tag}`);
  return element.content;
}
