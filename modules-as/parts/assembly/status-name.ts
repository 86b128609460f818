import { Status } from '@gatehouse/sdk';

/** The name of a status, as a person reads it in the twin. */
export function statusName(status: i32): string {
  switch (status) {
    case Status.Ok:
      return 'ok';
    case Status.Invalid:
      return 'invalid';
    case Status.Denied:
      return 'denied';
    case Status.Limit:
      return 'limit';
    case Status.Unavailable:
      return 'unavailable';
    case Status.Timeout:
      return 'timeout';
    case Status.Expired:
      return 'expired';
    case Status.Unknown:
      return 'unknown';
    case Status.Cancelled:
      return 'cancelled';
    default:
      return 'failed';
  }
}
