import type { KeyObject, X509Certificate } from 'node:crypto';
import { isBeyondUs, pathLengthOf } from './certificate-extensions.ts';

/** Extended key usages that allow a certificate to be that of a server; without any it may be. */
const SERVER_USAGES = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];
/** Signatures by MD5 and SHA-1: RSA, ECDSA, DSA. */
const WEAK_SIGNATURES = [
  '06092a864886f70d010104',
  '06092a864886f70d010105',
  '06072a8648ce3d0401',
  '06072a8648ce380403',
].map((hex) => Buffer.from(hex, 'hex'));
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
  if (chain[0] === undefined || !isForServer(chain[0])) return false;
  for (const [index, certificate] of chain.entries()) {
    const previous = chain[index - 1];
    if (previous !== undefined && !(isIssuedBy(previous, certificate) && pathLengthOf(certificate.raw) >= index - 1))
      return false;
    if (roots.some((root) => root.raw.equals(certificate.raw))) return true;
    if (roots.some((root) => isIssuedBy(certificate, root) && pathLengthOf(root.raw) >= index)) return true;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  if (!issuer.ca || isBeyondUs(issuer.raw) || isBeyondUs(certificate.raw)) return false;
  return !isWeak(certificate) && isSignedBy(certificate, issuer);
}

/** Names, key identifiers and the usage of the key fit, and the signature holds. */
function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = keyOf(issuer);
  return key !== undefined && certificate.checkIssued(issuer) && certificate.verify(key);
}

function isForServer({ keyUsage }: X509Certificate): boolean {
  // What Node calls key usage is the extended one, and is absent when the certificate has none.
  const usages = keyUsage as readonly string[] | undefined;
  return usages === undefined || usages.some((usage) => SERVER_USAGES.includes(usage));
}

function isWeak(certificate: X509Certificate): boolean {
  const { modulusLength = MODULUS_BITS_MIN } = keyOf(certificate)?.asymmetricKeyDetails ?? {};
  return modulusLength < MODULUS_BITS_MIN || WEAK_SIGNATURES.some((oid) => certificate.raw.includes(oid));
}

/** Undefined for a key of a kind that is not known here; whoever connects may send one. */
function keyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}
