import type { GatehouseError } from '../errors.ts';
import type { Identity } from './identity.ts';

/** A connection is `connecting` until the first attempt has ended, and from then on one of the other three. */
export type LinkState = 'connecting' | 'connected' | 'disconnected' | 'closed';

/** What the uplink tells the gateway; nothing of it is ever thrown, and none of these may throw. */
export interface UplinkEvents {
  /**
   * Called when the state of a connection changes, and when it stays disconnected for another reason than before. The
   * error is UPLINK_UNREACHABLE, UPLINK_TLS or UPLINK_REFUSED, with `url` and `identity` in its details.
   */
  stateChanged(identity: Identity, state: LinkState, error?: GatehouseError): void;
  /**
   * Called when messages are given up: UPLINK_DROPPED when the queue begins to overflow, then not again until it has been
   * empty; LIMIT_MESSAGE or UPLINK_REFUSED when a message is too large or the hub does not want it, at most once a minute
   * for each identity. The counters of `status` have them all.
   */
  messagesLost(identity: Identity, error: GatehouseError): void;
}
