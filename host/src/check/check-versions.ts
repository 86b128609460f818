import type { ProblemLog } from '../json/index.ts';
import type { Deployment } from '../manifest/deployment.ts';
import { isLowerVersion, type RememberedVersions } from '../signature/index.ts';
import { settingPath } from './check-grants.ts';
import type { CheckedModule } from './check-module.ts';

/**
 * Refuses modules of a lower version than was run before, or than another module of the deployment with the same name has,
 * unless the deployment allows it: an old version is as well signed as the one that mended its fault.
 */
export function refuseRollbacks(
  { modules: specs }: Deployment,
  modules: Map<string, CheckedModule>,
  remembered: RememberedVersions,
  log: ProblemLog,
): void {
  const highest = remembered.copy();
  for (const { manifest, loaded } of modules.values())
    if (manifest !== undefined && loaded !== undefined)
      highest.raiseModule(manifest.name, manifest.version, loaded.signedBy.length > 0);
  for (const { id, allowDowngrade } of specs) {
    const { loaded, manifest } = modules.get(id) ?? {};
    if (loaded === undefined || manifest === undefined) continue;
    const floor = highest.ofModule(manifest.name, loaded.signedBy.length > 0);
    if (floor === undefined || !isLowerVersion(manifest.version, floor)) continue;
    const what = `"${manifest.name}" ${manifest.version} is older than ${floor}, which this gateway has run`;
    const place = { code: 'VERSION_ROLLBACK', module: id } as const;
    if (allowDowngrade) {
      const message = `${what}; it runs because allowDowngrade is set`;
      log.add({ severity: 'warning', ...place, path: settingPath(id, 'allowDowngrade'), message });
      continue;
    }
    log.add({ ...place, path: settingPath(id, 'image'), message: `${what}; allowDowngrade would allow it` });
    modules.set(id, { manifest });
  }
}
