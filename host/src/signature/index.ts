export { type Decoded, decodeSignedTrustList, decodeTrustList, publicKeyShape } from './decode-trust-list.ts';
export { matchesName } from './name-pattern.ts';
export { type PublicKey, parsePublicKey, publicKeyText } from './public-key.ts';
export { type RememberedList, RememberedVersions } from './remembered-versions.ts';
export { type SignOptions, signModule } from './sign-module.ts';
export { type SignatureFault, signatureFault } from './signature-error.ts';
export type { SignatureLayout, SignatureRecord, SignatureSection } from './signature-section.ts';
export {
  type SignedTrustList,
  signTrustList,
  type TrustedKey,
  type TrustList,
  trustListDigest,
  verifyTrustList,
} from './trust-list.ts';
export { readSignature, verifyModule } from './verify-module.ts';
export { isLowerVersion } from './version-order.ts';
