import type { GatewayConfig } from '../configuration/gateway.ts';
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

/** Reports grants on devices and polls that the gateway does not have. */
export function checkGrants({ id, grants }: ModuleSpec, gateway: GatewayFile, log: ProblemLog): void {
  const { devices } = gateway.config;
  for (const [index, grant] of (grants.modbus ?? []).entries()) {
    const path = settingPath(id, `grants.modbus[${index}]`);
    const add = (place: string, message: string) =>
      log.add({ code: 'GRANT_UNKNOWN_DEVICE', path: `${path}.${place}`, module: id, message });
    const device = Object.hasOwn(devices, grant.device) ? devices[grant.device]! : undefined;
    if (device === undefined) {
      add('device', `expected a device of the gateway, got "${grant.device}"${known(grant.device, devices, gateway)}`);
      continue;
    }
    for (const [at, poll] of grant.poll.entries()) {
      if (Object.hasOwn(device.polls, poll)) continue;
      add(
        `poll[${at}]`,
        `expected a poll of the device "${grant.device}", got "${poll}"${listed(poll, device.polls, 'polls')}`,
      );
    }
  }
}

function known(name: string, devices: GatewayConfig['devices'], { file, exists }: GatewayFile): string {
  return exists ? listed(name, devices, 'devices') : `; there is no gateway configuration ${file}`;
}

const listed = (name: string, entries: Readonly<Record<string, unknown>>, plural: string): string =>
  suggestOrList(name, Object.keys(entries), { lead: 'known are', none: `it has no ${plural}` });
