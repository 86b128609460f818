import { isDeepStrictEqual } from 'node:util';
import type { LeafDevices } from './leaf-devices.ts';

/** The file that an entry is from. */
export type DeviceSource = 'deployment' | 'gateway.json';

/** What both files say, and which of them each entry is from. */
export interface MergedDevices extends LeafDevices {
  readonly sources: Readonly<Record<keyof LeafDevices, Readonly<Record<string, DeviceSource>>>>;
}

/** Puts both files together: an entry of `gateway.json` takes the place of that of the deployment, as a whole. */
export function mergeDevices(deployment: LeafDevices, gateway: LeafDevices): MergedDevices {
  const sourcesOf = (kind: keyof LeafDevices): Record<string, DeviceSource> => ({
    ...fill<DeviceSource>(deployment[kind], 'deployment'),
    ...fill<DeviceSource>(gateway[kind], 'gateway.json'),
  });
  return {
    devices: { ...deployment.devices, ...gateway.devices },
    lines: { ...deployment.lines, ...gateway.lines },
    sources: { devices: sourcesOf('devices'), lines: sourcesOf('lines') },
  };
}

/** Members in which two entries differ; only the type, when they are not even of one kind. */
export function differingMembers(a: object, b: object): string[] {
  const [one, other] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  if (one.get('type') !== other.get('type')) return ['type'];
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (key) => !isDeepStrictEqual(one.get(key), other.get(key)),
  );
}

const fill = <T>(entries: object, value: T): Record<string, T> =>
  Object.fromEntries(Object.keys(entries).map((key) => [key, value]));
