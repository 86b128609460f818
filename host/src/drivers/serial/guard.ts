import { STATUS } from '../../abi/constants.ts';
import { isForDevice, unknownName } from '../named-device.ts';
import type { RequestGuard } from '../request-guard.ts';
import type { SerialGrant } from './grant.ts';
import {
  DATA_BYTES_MAX,
  FRAME_BYTES_MAX,
  isSubscription,
  isWellFormed,
  NAME_BYTES_MAX,
  SERIAL_HEADER_BYTES,
} from './request-codec.ts';

/** Frames that may wait for a module that is paused or busy: a receiver sends what it has in one burst. */
const STREAM_BYTES = 65_536;

/** Names of the ports that the gateway has. */
export type SerialFacts = readonly string[];

/**
 * Compiles what a module is granted into what judges its requests. Several grants on one port add up.
 *
 * @throws GatehouseError GRANT_UNKNOWN_DEVICE for a port that the gateway does not have; `check` has found it before
 */
export function compileSerialGuard(grants: readonly SerialGrant[], ports: SerialFacts): RequestGuard {
  const encoder = new TextEncoder();
  const rules = grants.map(({ device, read, write }, index) => {
    if (!ports.includes(device)) throw unknownName(`serial[${index}].device`, `serial port "${device}"`);
    return { name: encoder.encode(device), read, write };
  });
  return {
    requestBytes: SERIAL_HEADER_BYTES + DATA_BYTES_MAX + NAME_BYTES_MAX,
    answerBytes: FRAME_BYTES_MAX,
    judge(payload) {
      if (!isWellFormed(payload)) return STATUS.invalid;
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]!;
        if ((isSubscription(payload) ? rule.read : rule.write) && isForDevice(payload, rule.name)) return STATUS.ok;
      }
      return STATUS.denied;
    },
    isSubscription,
    streamBytes: STREAM_BYTES,
  };
}
