/**
 * What an import answers [ABI-6]. 0 is success; every negative value is a failure, also one that is not listed here.
 *
 * ```ts
 * import { Output, Status, log } from '@gatehouse/sdk';
 *
 * const alarms = new Output('alarms');
 *
 * export function warn(): void {
 *   if (alarms.emitText('too hot') == Status.Full) log.warning('nobody takes the alarms');
 * }
 * ```
 */
export const enum Status {
  /** Done. */
  Ok = 0,
  /** A pointer, length, id, flag or encoding is not valid. */
  Invalid = -1,
  /** Outside the grant. */
  Denied = -2,
  /** Larger or more than the limits allow. */
  Limit = -3,
  /** No room in a queue. */
  Full = -4,
  /** No such name, key, timer, request. */
  NotFound = -5,
  /** Not now: the device is not connected, or the call is not allowed at this moment. */
  Unavailable = -6,
  /** A read was sent and not answered in time. */
  Timeout = -7,
  /** A write was not sent because its time had passed. */
  Expired = -8,
  /** A write was sent and not confirmed; whether it took effect is not known. */
  Unknown = -9,
  /** The device refused; the answer's detail says how. */
  Failed = -10,
  /** Given up because the host or the module stops. */
  Cancelled = -11,
}
