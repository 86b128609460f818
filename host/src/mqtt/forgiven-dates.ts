import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import { reachesAuthority } from './certificate-chain.ts';

/** What OpenSSL says of dates. It says so instead of what else is wrong, such as an authority that is not trusted. */
const DATE_ERRORS = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);
/** Certificates of a peer that are looked at. */
const CHAIN_MAX = 10;
const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/**
 * What is wrong with the other side of a TLS connection besides the dates of its certificates; undefined if nothing is. The connection was
 * opened with `rejectUnauthorized: false`, and nothing may be sent before this has answered.
 *
 * @param ca PEM text of the authorities that are trusted
 */
export function faultBesideDates(socket: TLSSocket, host: string, ca: string): Error | undefined {
  if (socket.authorized) return undefined;
  // Node declares an Error here and gives its code.
  const code = String(socket.authorizationError);
  if (!DATE_ERRORS.has(code)) return fault(code, `the certificate is not accepted: ${code}`);
  const certificate = socket.getPeerCertificate(true);
  const misnamed = checkServerIdentity(host, certificate);
  if (misnamed !== undefined) return misnamed;
  return leads(certificate, ca)
    ? undefined
    : fault('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate does not lead to an authority of "ca"');
}

/** What cannot be read leads nowhere. */
function leads(certificate: PeerCertificate, ca: string): boolean {
  try {
    return reachesAuthority(chainOf(certificate), authoritiesOf(ca));
  } catch {
    return false;
  }
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
