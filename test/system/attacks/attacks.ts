import { ALLOCATORS } from './allocators.ts';
import type { Attack } from './attack.ts';
import { BULK } from './bulk.ts';
import { ENDLESS } from './endless.ts';
import { FLOODS } from './floods.ts';
import { GROWTH } from './growth.ts';
import { IMPORT_ATTACKS } from './imports.ts';
import { JSON_FILES } from './json-files.ts';
import { JSON_INPUTS } from './json-inputs.ts';
import { MANIFEST_LIES } from './manifest-lies.ts';
import { NAMES } from './names.ts';
import { POINTERS } from './pointers.ts';
import { RECURSION } from './recursion.ts';
import { REFUSED_FEATURES } from './refused-features.ts';
import { SHAPES } from './shapes.ts';
import { START_FUNCTIONS } from './start-functions.ts';

/** All hostile modules by family. `docs/threat-model.md` has the same families. */
export const FAMILIES: Readonly<Record<string, readonly Attack[]>> = {
  endless: ENDLESS,
  recursion: RECURSION,
  'start-functions': START_FUNCTIONS,
  growth: GROWTH,
  bulk: BULK,
  shapes: SHAPES,
  'refused-features': REFUSED_FEATURES,
  names: NAMES,
  imports: IMPORT_ATTACKS,
  pointers: POINTERS,
  allocators: ALLOCATORS,
  floods: FLOODS,
  'json-inputs': JSON_INPUTS,
  'json-files': JSON_FILES,
  'manifest-lies': MANIFEST_LIES,
};

/** All hostile modules. */
export const ATTACKS: readonly Attack[] = Object.values(FAMILIES).flat();
