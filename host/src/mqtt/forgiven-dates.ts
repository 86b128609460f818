import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import { reachesAuthority } from './certificate-chain.ts';

/** What OpenSSL says of dates. It says so instead of what else is wrong, such as an authority that is not trusted. */
const DATE_ERRORS = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);
/** Certificates of a peer that are looked at. */
const CHAIN_MAX = 10;
const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** For whom a date does not count. */
export interface Forgiveness {
  /** Name or address in the URL. */
  readonly host: string;
  /** PEM text of the authorities that are trusted. */
  readonly ca: string;
  /** It is later than that, in milliseconds since 1970: what has expired before is not forgiven. */
  readonly floorMs: number;
}

/**
 * What is wrong with the other side of a TLS connection besides the dates of its certificates; undefined if nothing is. The connection was
 * opened with `rejectUnauthorized: false`, and nothing may be sent before this has answered. It never throws: whoever connects may send
 * certificates that Node cannot read.
 */
export function faultBesideDates(socket: TLSSocket, forgiveness: Forgiveness): Error | undefined {
  if (socket.authorized) return undefined;
  // Node declares an Error here and gives its code.
  const code = String(socket.authorizationError);
  if (!DATE_ERRORS.has(code)) return fault(code, `the certificate is not accepted: ${code}`);
  try {
    const certificate = socket.getPeerCertificate(true);
    if (leads(certificate, forgiveness)) return checkServerIdentity(forgiveness.host, certificate);
  } catch {
    // What cannot be read leads nowhere.
  }
  return fault('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate does not lead to an authority of "ca"');
}

function leads(certificate: PeerCertificate, { ca, floorMs }: Forgiveness): boolean {
  const isOver = ({ validTo }: X509Certificate) => !(Date.parse(validTo) >= floorMs);
  const chain = chainOf(certificate);
  const end = chain.findIndex(isOver);
  const authorities = authoritiesOf(ca).filter((authority) => !isOver(authority));
  return reachesAuthority(end < 0 ? chain : chain.slice(0, end), authorities);
}

/** As the peer sent it, each followed by the one that issued it as far as that is known. */
function chainOf(first: PeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let certificate: PeerCertificate | undefined = first;
  while (certificate?.raw !== undefined && chain.length < CHAIN_MAX) {
    chain.push(new X509Certificate(certificate.raw));
    const issuer: PeerCertificate | undefined = (certificate as { issuerCertificate?: PeerCertificate })
      .issuerCertificate;
    certificate = issuer === certificate ? undefined : issuer;
  }
  return chain;
}

function authoritiesOf(ca: string): X509Certificate[] {
  return [...ca.matchAll(PEM)].map(([pem]) => new X509Certificate(pem));
}

function fault(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
