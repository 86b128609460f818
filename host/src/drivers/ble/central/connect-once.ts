import { GatehouseError } from '../../../errors.ts';
import type { Central } from './central.ts';
import type { GattLink } from './gatt-link.ts';
import type { CharacteristicPath } from './radio.ts';

export interface ConnectOnceOptions {
  readonly address: string;
  /** Deadline of finding the peer and connecting to it, and of each procedure on the link. */
  readonly timeoutMs: number;
  readonly notified?: (path: CharacteristicPath, value: Uint8Array) => void;
  readonly closed?: (reason: string) => void;
}

/** A link that is made once and not made again: for programs that do one thing. Close it with `release`. */
export interface OneLink {
  readonly link: GattLink;
  release(): void;
}

/** @throws GatehouseError DEVICE_UNREACHABLE */
export function connectOnce(central: Central, options: ConnectOnceOptions): Promise<OneLink> {
  const { address, timeoutMs, notified, closed } = options;
  return new Promise((resolve, reject) => {
    let why = 'it was not heard';
    const release = (): void => {
      clearTimeout(deadline);
      central.removeClaim(claim);
    };
    const claim = central.claim({
      ...{ address, timeoutMs, isBusy: () => true },
      events: {
        opened: (link) => {
          clearTimeout(deadline);
          resolve({ link, release });
        },
        notified: (path, value) => notified?.(path, value),
        closed: (_loss, reason) => {
          release();
          closed?.(reason);
        },
        failed: (reason) => {
          why = reason;
        },
      },
    });
    const deadline = setTimeout(() => {
      release();
      reject(new GatehouseError('DEVICE_UNREACHABLE', `${address} cannot be connected to: ${why}`));
    }, timeoutMs);
    claim.request();
  });
}
