import { secretReferences } from '../devices/index.ts';
import { DEVICE_DRIVERS, portOf, sendMessages } from '../drivers/index.ts';
import { suggestOrList } from '../json/index.ts';
import type { Deployment } from '../manifest/deployment.ts';
import type { Secrets } from '../secrets/index.ts';
import type { DevicePlaces } from './device-places.ts';

/** Warns of devices that no grant names, and of lines that no device names. */
export function warnOfUnused(places: DevicePlaces, deployment: Deployment): void {
  // A module that could not be read may have the grant.
  if (deployment.modules.length < deployment.declared.length) return;
  const users = modulesByDevice(deployment);
  const { devices, lines } = places.merged;
  const warning = { severity: 'warning', code: 'DEVICE_UNUSED' } as const;
  for (const name of Object.keys(devices)) {
    if (!users.has(name) && !sendMessages({ [name]: devices[name]! }))
      places.add('devices', name, { ...warning, message: `no grant names the device "${name}"` });
  }
  const inUse = new Set(Object.values(devices).map(lineNameOf));
  for (const name of Object.keys(lines)) {
    if (!inUse.has(name)) places.add('lines', name, { ...warning, message: `no device is on the line "${name}"` });
  }
}

/** Reports secrets that devices name and the gateway does not have; what keeps a device from working keeps its modules from starting. */
export function checkDeviceSecrets(places: DevicePlaces, deployment: Deployment, secrets: Secrets): void {
  const users = modulesByDevice(deployment);
  for (const [device, config] of Object.entries(places.merged.devices)) {
    for (const { path, name } of secretReferences(config)) {
      if (Object.hasOwn(secrets, name)) continue;
      const hint = suggestOrList(name, Object.keys(secrets), { lead: 'known are', none: 'it has no secrets' });
      const problem = {
        code: 'GRANT_UNKNOWN_SECRET',
        message: `expected a secret of the gateway, got "${name}"${hint}`,
      } as const;
      const modules = users.get(device);
      if (modules === undefined) places.add('devices', device, { ...problem, severity: 'warning' }, path);
      for (const module of modules ?? []) places.add('devices', device, { ...problem, module }, path);
    }
  }
}

/** Ids of the modules that are granted each device. */
function modulesByDevice({ modules }: Deployment): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const { id, grants } of modules) {
    for (const { device } of DEVICE_DRIVERS.flatMap((driver) => [...(grants[driver] ?? [])])) {
      const ids = users.get(device) ?? new Set();
      users.set(device, ids.add(id));
    }
  }
  return users;
}

function lineNameOf(device: Parameters<typeof portOf>[0]): string | undefined {
  const port = portOf(device);
  return port !== undefined && 'line' in port ? port.line : undefined;
}
