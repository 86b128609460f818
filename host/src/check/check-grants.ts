import type { GatewayConfig } from '../configuration/gateway.ts';
import {
  DESCRIPTIONS,
  DEVICE_DRIVERS,
  type DeviceConfig,
  type DeviceDriverName,
  devicesOf,
  grantConflicts,
  misfitOf,
  type NamesUsed,
  namesUsed,
} from '../drivers/index.ts';
import type { ErrorCode } from '../errors.ts';
import { childPath, type ProblemLog, suggestOrList } from '../json/index.ts';
import { MODULES_PATH } from '../manifest/decode-deployment.ts';
import type { ModuleSpec } from '../manifest/deployment.ts';

export interface GatewayFile {
  readonly config: GatewayConfig;
  /** The file, or where it was looked for. */
  readonly file: string;
  readonly exists: boolean;
}

/** Path of a setting of a module in a deployment. */
export const settingPath = (module: string, setting: string): string =>
  `${childPath(MODULES_PATH, module)}.settings.${setting}`;

/** Reports grants that those of other modules, earlier in the file, exclude. */
export function checkGrantConflicts(modules: readonly ModuleSpec[], log: ProblemLog): void {
  for (const driver of DEVICE_DRIVERS) {
    const all = modules.flatMap(({ id, grants }) =>
      (grants[driver] ?? []).map((grant, index) => ({ module: id, index, grant })),
    );
    for (const { module, index, member, message } of grantConflicts(driver, all))
      reportAt(log, module, `grants.${driver}[${index}]`, 'GRANT_CONFLICT')(member, message);
  }
}

/** Reports names in grants that the gateway does not have: devices, what belongs to a device, and secrets. */
export function checkGrants(spec: ModuleSpec, gateway: GatewayFile, log: ProblemLog): void {
  for (const driver of DEVICE_DRIVERS) checkDevices(driver, spec, gateway, log);
  checkSecrets(spec, gateway, log);
}

type Add = (place: string, message: string) => void;

const reportAt =
  (log: ProblemLog, module: string, grant: string, code: ErrorCode): Add =>
  (place, message) =>
    log.add({ code, path: `${settingPath(module, grant)}.${place}`, module, message });

function checkDevices(
  driver: DeviceDriverName,
  { id, grants }: ModuleSpec,
  gateway: GatewayFile,
  log: ProblemLog,
): void {
  const { devices: all } = gateway.config;
  const devices: Readonly<Record<string, DeviceConfig>> = devicesOf(driver, all);
  for (const [index, grant] of (grants[driver] ?? []).entries()) {
    const add = reportAt(log, id, `grants.${driver}[${index}]`, 'GRANT_UNKNOWN_DEVICE');
    const device = Object.hasOwn(devices, grant.device) ? devices[grant.device]! : undefined;
    if (device === undefined) {
      const other = Object.hasOwn(all, grant.device) ? all[grant.device] : undefined;
      const types = Object.keys(DESCRIPTIONS[driver].devices)
        .map((type) => `"${type}"`)
        .join(' or ');
      add(
        'device',
        other === undefined
          ? `expected a device of the gateway, got "${grant.device}"${known(grant.device, devices, `devices of type ${types}`, gateway)}`
          : `expected a device of type ${types}, got "${grant.device}" of type "${other.type}"`,
      );
      continue;
    }
    const misfit = misfitOf(driver, grant, device);
    if (misfit !== undefined) add(misfit.member, `${misfit.message}; "${grant.device}" is of type "${device.type}"`);
    for (const [member, names] of Object.entries(namesUsed(driver, grant, device)))
      checkNames(member, names, grant.device, add);
  }
}

function checkNames(member: string, { used, known, kind }: NamesUsed, device: string, add: Add): void {
  for (const [at, name] of used.entries()) {
    if (Object.hasOwn(known, name)) continue;
    const expected = `expected a ${kind} of the device "${device}"`;
    add(`${member}[${at}]`, `${expected}, got "${name}"${listed(name, known, `${kind}s`)}`);
  }
}

function checkSecrets({ id, grants }: ModuleSpec, gateway: GatewayFile, log: ProblemLog): void {
  const { secrets = {} } = gateway.config;
  for (const [index, { headers }] of (grants.http ?? []).entries()) {
    const add = reportAt(log, id, `grants.http[${index}]`, 'GRANT_UNKNOWN_SECRET');
    for (const [header, { secret }] of Object.entries(headers)) {
      if (Object.hasOwn(secrets, secret)) continue;
      const hint = known(secret, secrets, 'secrets', gateway);
      add(`${childPath('headers', header)}.secret`, `expected a secret of the gateway, got "${secret}"${hint}`);
    }
  }
}

type Entries = Readonly<Record<string, unknown>>;

function known(name: string, entries: Entries, plural: string, { file, exists }: GatewayFile): string {
  return exists || Object.keys(entries).length > 0
    ? listed(name, entries, plural)
    : `; there is no gateway configuration ${file}`;
}

const listed = (name: string, entries: Entries, plural: string): string =>
  suggestOrList(name, Object.keys(entries), { lead: 'known are', none: `it has no ${plural}` });
