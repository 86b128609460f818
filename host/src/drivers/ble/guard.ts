import { STATUS } from '../../abi/constants.ts';
import { GatehouseError } from '../../errors.ts';
import { isForDevice, unknownName } from '../named-device.ts';
import type { RequestGuard } from '../request-guard.ts';
import { ADVERTISEMENT_HEADER_BYTES } from './advertisement-codec.ts';
import type { BleGrant } from './grant.ts';
import { BLE_LIMITS } from './limits.ts';
import { type Place, parsePlace } from './place-text.ts';
import {
  FUNCTION,
  functionAt,
  hasPathIn,
  isAbout,
  isSubscription,
  isWellFormed,
  REQUEST_BYTES_MAX,
} from './request-codec.ts';
import { uuidBytes } from './uuid.ts';

/** Devices of Bluetooth that the gateway has, by name: those it connects to, and those that listen. */
export type BleFacts = Readonly<Record<string, 'ble' | 'ble-scan'>>;

/** What waits for a module that is paused; more than that is dropped, and the number of the next answer shows it. */
const STREAM_BYTES = 65_536;

interface PlaceRule {
  readonly service: Uint8Array;
  readonly characteristic: Uint8Array | undefined;
}

interface DeviceRule {
  readonly name: Uint8Array;
  readonly read: readonly PlaceRule[];
  readonly write: readonly PlaceRule[];
  readonly notify: readonly PlaceRule[];
  readonly advertisements: boolean;
}

/**
 * Compiles what a module is granted into what judges its requests. Several grants on one device add up.
 *
 * @throws GatehouseError GRANT_INVALID for a place that is none, GRANT_UNKNOWN_DEVICE for a device that the gateway does not
 * have; `check` has found both before
 */
export function compileBleGuard(grants: readonly BleGrant[], devices: BleFacts): RequestGuard {
  const rules = grants.map((grant, index) => compileRule(grant, devices, `ble[${index}]`));
  return {
    requestBytes: REQUEST_BYTES_MAX,
    answerBytes: Math.max(BLE_LIMITS.valueBytes, ADVERTISEMENT_HEADER_BYTES + 2 * BLE_LIMITS.advertisementBytes),
    streamBytes: STREAM_BYTES,
    judge(payload) {
      if (!isWellFormed(payload)) return STATUS.invalid;
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]!;
        if (isForDevice(payload, rule.name) && allows(rule, payload)) return STATUS.ok;
      }
      return STATUS.denied;
    },
    isSubscription,
  };
}

function allows(rule: DeviceRule, payload: Uint8Array): boolean {
  switch (functionAt(payload)) {
    case FUNCTION.read:
      return includes(rule.read, payload);
    case FUNCTION.write:
    case FUNCTION.writeWithoutResponse:
      return includes(rule.write, payload);
    case FUNCTION.subscribe:
      return includes(rule.notify, payload);
    case FUNCTION.unsubscribe:
      return !hasPathIn(payload) || includes(rule.notify, payload);
    case FUNCTION.connection:
      return !rule.advertisements;
    default:
      return rule.advertisements;
  }
}

function includes(places: readonly PlaceRule[], payload: Uint8Array): boolean {
  for (let i = 0; i < places.length; i++) {
    const { service, characteristic } = places[i]!;
    if (isAbout(payload, service, characteristic)) return true;
  }
  return false;
}

function compileRule(grant: BleGrant, devices: BleFacts, path: string): DeviceRule {
  if (!Object.hasOwn(devices, grant.device))
    throw unknownName(`${path}.device`, `device of Bluetooth "${grant.device}"`);
  const placesOf = (member: 'read' | 'write' | 'notify'): PlaceRule[] =>
    grant[member].map((text, index) => compilePlace(text, `${path}.${member}[${index}]`));
  return {
    name: new TextEncoder().encode(grant.device),
    read: placesOf('read'),
    write: placesOf('write'),
    notify: placesOf('notify'),
    advertisements: grant.advertisements,
  };
}

function compilePlace(text: string, path: string): PlaceRule {
  const place: Place | undefined = parsePlace(text);
  if (place === undefined) {
    const what = `${path}: expected a service or characteristic, got "${text}"`;
    throw new GatehouseError('GRANT_INVALID', what, { details: { path } });
  }
  const { service, characteristic } = place;
  return {
    service: uuidBytes(service),
    characteristic: characteristic === undefined ? undefined : uuidBytes(characteristic),
  };
}
