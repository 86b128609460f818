import type { withBindings } from '@stoprocent/noble';
import { GatehouseError } from '../../../errors.ts';

export type LoadNoble = () => Promise<{ readonly withBindings: typeof withBindings }>;

/**
 * Loads the package for Bluetooth, which only a gateway with devices of it needs and has.
 *
 * @throws GatehouseError BLUETOOTH_MISSING
 */
export const loadNoble: LoadNoble = async () => {
  try {
    const noble = await import('@stoprocent/noble');
    return { withBindings: noble.withBindings ?? (noble as unknown as { default: typeof noble }).default.withBindings };
  } catch (cause) {
    throw new GatehouseError(
      'BLUETOOTH_MISSING',
      'the package "@stoprocent/noble" is not installed: npm install @stoprocent/noble@2.8 beside the host',
      { cause },
    );
  }
};
