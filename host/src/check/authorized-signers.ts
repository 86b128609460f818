import { GatehouseError } from '../errors.ts';
import type { ModuleManifest } from '../sandbox/index.ts';
import { matchesName, type TrustedKey } from '../signature/index.ts';

/**
 * The keys among the signers that may sign for the name which the module gives itself.
 *
 * @throws GatehouseError SIGNATURE_UNTRUSTED if there is none
 */
export function authorizedSigners(
  signers: readonly TrustedKey[],
  manifest: ModuleManifest | undefined,
): readonly TrustedKey[] {
  if (manifest === undefined)
    throw new GatehouseError('SIGNATURE_UNTRUSTED', 'the module has no description, so that no key is for its name');
  const authorized = signers.filter(({ modules }) => modules.some((pattern) => matchesName(pattern, manifest.name)));
  if (authorized.length > 0) return authorized;
  const allowed = signers.map(({ text, modules }) => `${text} for ${modules.join(', ')}`).join('; ');
  throw new GatehouseError(
    'SIGNATURE_UNTRUSTED',
    `the module "${manifest.name}" is signed by a key that is trusted for other names: ${allowed}`,
    { details: { name: manifest.name, signers: signers.map(({ text }) => text) } },
  );
}
