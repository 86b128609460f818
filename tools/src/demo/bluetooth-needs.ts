import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const PACKAGES = ['serialport', '@stoprocent/noble', '@stoprocent/bleno'];

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly path: string;
  /** Loads a package; throws when it, or its binary, cannot be loaded. */
  readonly load: (name: string) => unknown;
}

/** This machine. */
export function surroundings(): Surroundings {
  return {
    platform: process.platform,
    path: process.env['PATH'] ?? '',
    load: createRequire(import.meta.url),
  };
}

/** What keeps the Bluetooth sensor away, and what to install, in a few words; undefined when nothing does. */
export function missingForBluetooth({ platform, path, load }: Surroundings): string | undefined {
  if (platform !== 'linux') return 'Bluetooth of the gateway is for Linux';
  const hasSocat = path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, 'socat')));
  if (!hasSocat) return 'it needs socat (sudo apt install socat)';
  const name = PACKAGES.find((candidate) => !canLoad(candidate, load));
  return name === undefined ? undefined : `${name} does not load (npm install --include=optional)`;
}

function canLoad(name: string, load: Surroundings['load']): boolean {
  try {
    load(name);
    return true;
  } catch {
    return false;
  }
}
