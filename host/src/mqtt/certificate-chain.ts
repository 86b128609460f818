import type { KeyObject, X509Certificate } from 'node:crypto';
import { readExtensions } from './certificate-extensions.ts';

/** The extended key usage that allows a certificate to be that of a server, or to sign for one; without any it may. */
const SERVER_USAGE = '1.3.6.1.5.5.7.3.1';
/** Signatures by MD5 and SHA-1: RSA, ECDSA, DSA, the older name of RSA with SHA-1, and SHA-1 itself. */
const WEAK_SIGNATURES = [
  '06092a864886f70d010104',
  '06092a864886f70d010105',
  '06072a8648ce3d0401',
  '06072a8648ce380403',
  '06052b0e03021d',
  '06052b0e03021a',
].map((hex) => Buffer.from(hex, 'hex'));
/** RSA-PSS whose parameters do not begin with a digest: then it is SHA-1. */
const WEAK_PSS = /06092a864886f70d01010a30..(?!a0)/;
const MODULUS_BITS_MIN = 2_048;

/**
 * Whether a chain of certificates leads from a server to an authority, whatever their dates say. Each is signed by the next, which may sign
 * certificates; the last is signed by one of the authorities, or is one. What it does not understand it refuses.
 *
 * @param chain the server first
 * @param authorities those that signed themselves count
 */
export function reachesAuthority(chain: readonly X509Certificate[], authorities: readonly X509Certificate[]): boolean {
  const roots = authorities.filter((authority) => isSignedBy(authority, authority));
  if (chain[0] === undefined || !isForServers(chain[0]) || !readExtensions(chain[0].raw)?.allowServer) return false;
  for (const [index, certificate] of chain.entries()) {
    const previous = chain[index - 1];
    if (previous !== undefined && !isIssuedBy(previous, certificate, index - 1)) return false;
    if (roots.some((root) => root.raw.equals(certificate.raw) || isIssuedBy(certificate, root, index))) return true;
  }
  return false;
}

/** @param between how many issuers there are between the one at hand and the server */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate, between: number): boolean {
  const [own, above] = [readExtensions(certificate.raw), readExtensions(issuer.raw)];
  if (own === undefined || above === undefined || own.areBeyondUs || above.areBeyondUs) return false;
  if (!issuer.ca || above.pathLength < between || !isForServers(issuer)) return false;
  return !isWeak(certificate) && isSignedBy(certificate, issuer);
}

/** Names, key identifiers and the usage of the key fit, and the signature holds. */
function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = keyOf(issuer);
  return key !== undefined && certificate.checkIssued(issuer) && certificate.verify(key);
}

/** An authority for clients or code signs for no server: OpenSSL asks the same of every certificate of a chain. */
function isForServers({ keyUsage }: X509Certificate): boolean {
  // What Node calls key usage is the extended one, and is absent when the certificate has none.
  const usages = keyUsage as readonly string[] | undefined;
  return usages === undefined || usages.includes(SERVER_USAGE);
}

function isWeak(certificate: X509Certificate): boolean {
  const { modulusLength = MODULUS_BITS_MIN } = keyOf(certificate)?.asymmetricKeyDetails ?? {};
  if (modulusLength < MODULUS_BITS_MIN || WEAK_PSS.test(certificate.raw.toString('hex'))) return true;
  return WEAK_SIGNATURES.some((oid) => certificate.raw.includes(oid));
}

/** Undefined for a key of a kind that is not known here; whoever connects may send one. */
function keyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}
