import { GatehouseError } from '../errors.ts';

/** Whether a well-formed request is for the device of that name, with which it ends; byte 1 is the length of the name. */
export function isForDevice(payload: Uint8Array, name: Uint8Array): boolean {
  if (payload[1] !== name.length) return false;
  const start = payload.length - name.length;
  for (let i = 0; i < name.length; i++) if (payload[start + i] !== name[i]) return false;
  return true;
}

/** What is wrong with a grant whose member `path` names a device, or a poll of one, that the gateway does not have. */
export function unknownName(path: string, what: string): GatehouseError {
  return new GatehouseError('GRANT_UNKNOWN_DEVICE', `${path}: the gateway has no ${what}`, { details: { path } });
}
