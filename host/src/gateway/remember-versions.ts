import { type Loaded, listedModules } from '../check/index.ts';
import { GatehouseError } from '../errors.ts';
import { LEVEL, type Log } from './log.ts';

/**
 * Remembers the versions of the modules that are about to run, and says so if some run without a valid signature. A gateway
 * that cannot remember them goes on: modules that protect a machine matter more than a floor for their versions.
 */
export async function rememberVersions({ modules, remembered, unsigned }: Loaded, log: Log): Promise<void> {
  if (unsigned.length > 0) {
    const text = `allowUnsigned is set: without a valid signature run ${listedModules(unsigned)}`;
    log({ level: LEVEL.warning, code: 'SIGNATURE_MISSING', text });
  }
  if (remembered === undefined) return;
  const running = modules.filter(({ spec }) => spec.status === 'running');
  const missed = running.filter(
    ({ manifest, signedBy }) =>
      manifest !== undefined && !remembered.raiseModule(manifest.name, manifest.version, signedBy.length > 0),
  );
  try {
    await remembered.save();
    if (missed.length === 0) return;
    const names = listedModules(missed.map(({ spec }) => spec.id));
    log({ level: LEVEL.error, code: 'STATE_LOST', text: `no room to remember the versions of ${names}` });
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    log({ level: LEVEL.error, code: error.code, text: error.message });
  }
}
