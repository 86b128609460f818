import type { GatewayConfig, TrustConfig } from '../configuration/gateway.ts';
import { GatehouseError, type Problem } from '../errors.ts';
import type { ProblemLog } from '../json/index.ts';
import {
  decodeSignedTrustList,
  RememberedVersions,
  type SignedTrustList,
  type TrustedKey,
  trustListDigest,
  verifyTrustList,
} from '../signature/index.ts';
import { readTextFile } from './read-text-file.ts';

/** What decides whether a module may run on this gateway. */
export interface Trust {
  readonly allowUnsigned: boolean;
  /** Keys that may sign modules; none if there is no list that can be trusted. */
  readonly keys: readonly TrustedKey[];
  /** Absent: the gateway has no state folder, and no version is too low. */
  readonly remembered?: RememberedVersions;
}

export interface OpenedTrust {
  readonly trust: Trust;
  /** What is wrong with the list itself; what is wrong with its place among the settings is in the log. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the list of trusted keys and what is remembered of earlier versions. Without a list that holds, no key is trusted: the
 * gateway starts, and signed modules do not. Nothing is written.
 */
export async function openTrust(config: GatewayConfig, log: ProblemLog): Promise<OpenedTrust> {
  const { allowUnsigned, stateFolder, trust } = config;
  const remembered = stateFolder === undefined ? undefined : await RememberedVersions.open(stateFolder);
  if (remembered?.fault !== undefined) {
    log.add({
      severity: 'warning',
      code: remembered.fault.code,
      path: 'stateFolder',
      message: remembered.fault.message,
    });
  }
  const base = { allowUnsigned, ...(remembered === undefined ? {} : { remembered }) };
  if (trust === undefined) return { trust: { ...base, keys: [] }, problems: [] };
  const source = await readTextFile(trust.file, 'a list of trusted keys');
  if ('problem' in source) return { trust: { ...base, keys: [] }, problems: [source.problem] };
  const { value: list, problems } = decodeSignedTrustList(source.text, trust.file);
  const isGood = list !== undefined && accept(list, trust, remembered, log);
  return { trust: { ...base, keys: isGood ? list.keys : [] }, problems };
}

function accept(
  list: SignedTrustList,
  { rootKeys }: TrustConfig,
  remembered: RememberedVersions | undefined,
  log: ProblemLog,
): boolean {
  try {
    verifyTrustList(list, rootKeys);
    if (remembered !== undefined) refuseOlder(list, remembered);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    log.add({ code: error.code, path: 'trust.file', message: error.message });
    return false;
  }
  return true;
}

/** A list that was replaced holds keys that were taken back since. Two lists of one version cannot both be the newest. */
function refuseOlder(list: SignedTrustList, remembered: RememberedVersions): void {
  const digest = trustListDigest(list);
  const known = remembered.list;
  if (known !== undefined && list.version < known.version) {
    const text = `expected version ${known.version} or later, got ${list.version}: this gateway has seen a newer list`;
    throw new GatehouseError('TRUST_ROLLBACK', text, { details: { known: known.version, got: list.version } });
  }
  if (known !== undefined && list.version === known.version && digest !== known.digest) {
    const text = `expected the list ${known.version} that this gateway has seen, got another one of that version`;
    throw new GatehouseError('TRUST_ROLLBACK', text, { details: { known: known.version, got: list.version } });
  }
  remembered.raiseList({ version: list.version, digest });
}
