import { DRIVERS } from '../drivers/driver-names.ts';
import type { DeviceGrants } from '../drivers/grants.ts';

/** What a deployment allows a module to reach, by capability. An absent capability is not granted. */
export interface Grants extends DeviceGrants {
  readonly kv?: KvGrant;
}

/** State of the module's own. */
export interface KvGrant {
  /** Sum of keys, values and 64 bytes an entry. */
  readonly bytes: number;
}

/** Every capability that needs a grant. */
export const CAPABILITIES = [...DRIVERS, 'kv'] as const satisfies readonly (keyof Grants)[];
