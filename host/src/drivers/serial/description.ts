import type { DeviceDriverDescription } from '../description.ts';
import type { SerialConfig } from './config.ts';
import { serialFields } from './config-shape.ts';
import type { SerialGrant } from './grant.ts';
import { serialGrant } from './grant-shape.ts';
import type { SerialFacts } from './guard.ts';

/** Serial ports: a grant names one. */
export const serialDescription = {
  devices: { serial: serialFields },
  grant: { shape: serialGrant, items: 'grants on serial ports', text: 'Serial ports that the module may speak to.' },
  unknownNames: () => ({}),
  port: ({ path }) => ({ path }),
  facts: (devices) => Object.keys(devices),
} as const satisfies DeviceDriverDescription<SerialGrant, SerialConfig, SerialFacts>;
