import type { DeviceDriverDescription } from '../description.ts';
import type { BleConfig } from './config.ts';
import { blePeerFields, bleProblems, bleScanFields } from './config-shape.ts';
import type { BleGrant } from './grant.ts';
import { bleGrant } from './grant-shape.ts';
import type { BleFacts } from './guard.ts';

/** Devices of Bluetooth LE: a grant names one. */
export const bleDescription = {
  devices: { ble: blePeerFields, 'ble-scan': bleScanFields },
  grant: {
    shape: bleGrant,
    items: 'grants on devices of Bluetooth',
    text: 'Bluetooth devices that the module may talk to.',
  },
  unknownNames: () => ({}),
  deviceProblems: bleProblems,
  misfit: (grant, { type }) => {
    if (type === 'ble')
      return grant.advertisements
        ? { member: 'advertisements', message: 'expected a device of type "ble-scan", which hears advertisements' }
        : undefined;
    const member = (['read', 'write', 'notify'] as const).find((each) => grant[each].length > 0);
    return member && { member, message: 'expected a device of type "ble", which has services' };
  },
  facts: (devices) => Object.fromEntries(Object.entries(devices).map(([name, { type }]) => [name, type])),
} as const satisfies DeviceDriverDescription<BleGrant, BleConfig, BleFacts>;
