import { formatProblems } from '../../../host/src/check/index.ts';
import { GatehouseError } from '../../../host/src/errors.ts';
import { decodeSignedTrustList, type SignedTrustList, verifyTrustList } from '../../../host/src/signature/index.ts';
import { readText } from './files.ts';
import { readPublicKey } from './keys.ts';

/**
 * The list in a file, signed by one of the root keys.
 * @throws GatehouseError TRUST_INVALID after printing what is wrong; FILE_MISSING
 */
export function readTrustList(file: string, rootKeys: readonly string[]): SignedTrustList {
  const { value: list, problems } = decodeSignedTrustList(readText(file), file);
  if (problems.length > 0) process.stderr.write(formatProblems(problems, process.stderr));
  if (list === undefined) throw new GatehouseError('TRUST_INVALID', `${file} is no signed list of trusted keys`);
  verifyTrustList(list, rootKeys.map(readPublicKey));
  return list;
}
