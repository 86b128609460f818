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
  const highest = highestVersions(modules, remembered);
  for (const { id, allowDowngrade } of specs) {
    const { loaded, manifest } = modules.get(id) ?? {};
    const floor = manifest === undefined ? undefined : highest.get(manifest.name);
    if (loaded === undefined || manifest === undefined || floor === undefined) continue;
    if (!isLowerVersion(manifest.version, floor)) continue;
    const what = `"${manifest.name}" ${manifest.version} is older than ${floor},`;
    const place = { code: 'VERSION_ROLLBACK', module: id } as const;
    if (allowDowngrade) {
      const message = `${what} which this gateway has run; it runs because allowDowngrade is set`;
      log.add({ severity: 'warning', ...place, path: settingPath(id, 'allowDowngrade'), message });
      continue;
    }
    log.add({
      ...place,
      path: settingPath(id, 'image'),
      message: `${what} which this gateway has run; allowDowngrade would allow it`,
    });
    modules.set(id, { manifest });
  }
}

function highestVersions(
  modules: ReadonlyMap<string, CheckedModule>,
  remembered: RememberedVersions,
): Map<string, string> {
  const highest = new Map<string, string>();
  for (const { loaded, manifest } of modules.values()) {
    if (loaded === undefined || manifest === undefined) continue;
    const { name, version } = manifest;
    const known = highest.get(name) ?? remembered.ofModule(name);
    highest.set(name, known === undefined || isLowerVersion(known, version) ? version : known);
  }
  return highest;
}
