import type { GatewayConfig } from '../configuration/gateway.ts';
import { type DeviceConfig, DRIVERS, type DriverName, devicesOf, type NamesUsed, namesUsed } from '../drivers/index.ts';
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

/** Reports grants on devices that the gateway does not have, or that do not have what the grant names. */
export function checkGrants(module: ModuleSpec, gateway: GatewayFile, log: ProblemLog): void {
  for (const driver of DRIVERS) checkGrantsOf(driver, module, gateway, log);
}

function checkGrantsOf(driver: DriverName, { id, grants }: ModuleSpec, gateway: GatewayFile, log: ProblemLog): void {
  const devices: Readonly<Record<string, DeviceConfig>> = devicesOf(driver, gateway.config.devices);
  for (const [index, grant] of (grants[driver] ?? []).entries()) {
    const path = settingPath(id, `grants.${driver}[${index}]`);
    const add = (place: string, message: string) =>
      log.add({ code: 'GRANT_UNKNOWN_DEVICE', path: `${path}.${place}`, module: id, message });
    const device = Object.hasOwn(devices, grant.device) ? devices[grant.device]! : undefined;
    if (device === undefined) {
      add('device', `expected a device of the gateway, got "${grant.device}"${known(grant.device, devices, gateway)}`);
      continue;
    }
    for (const [member, names] of Object.entries(namesUsed(driver, grant, device)))
      checkNames(member, names, grant.device, add);
  }
}

function checkNames(
  member: string,
  { used, known, kind }: NamesUsed,
  device: string,
  add: (place: string, message: string) => void,
): void {
  for (const [at, name] of used.entries()) {
    if (Object.hasOwn(known, name)) continue;
    const expected = `expected a ${kind} of the device "${device}"`;
    add(`${member}[${at}]`, `${expected}, got "${name}"${listed(name, known, `${kind}s`)}`);
  }
}

function known(name: string, devices: GatewayConfig['devices'], { file, exists }: GatewayFile): string {
  return exists ? listed(name, devices, 'devices') : `; there is no gateway configuration ${file}`;
}

const listed = (name: string, entries: Readonly<Record<string, unknown>>, plural: string): string =>
  suggestOrList(name, Object.keys(entries), { lead: 'known are', none: `it has no ${plural}` });
