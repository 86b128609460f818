import { decodeMessageRecord } from '../abi/message-record.ts';
import type { Property } from '../abi/properties.ts';
import type { Loaded, LoadedRoute } from '../check/index.ts';
import { creationTime, TIME_PROPERTY, type UpstreamMessage } from '../uplink/index.ts';

/** Application property by which the hub knows the leaf device of a message, which the gateway sends in its own name. */
const LEAF_PROPERTY = 'leafDeviceId';

export interface UpstreamContext {
  /** The boot epoch: no two starts of this host share it, so that (epoch, sequence) never repeats. */
  readonly epoch: string;
  readonly output: string;
  readonly priority: number;
  /** Seconds after which it is not worth sending any more; negative: for ever. */
  readonly timeToLiveSecs: number;
}

/** What the route that takes a message upstream says of it; `epoch` as in the result. */
export function upstreamContext(
  { routes, deployment }: Loaded,
  route: number,
  output: string,
  epoch: string,
): UpstreamContext {
  const { priority, timeToLiveSecs } = (routes[route] as LoadedRoute).spec;
  const { timeToLiveSecs: fallback } = deployment;
  return { epoch, output, priority, timeToLiveSecs: timeToLiveSecs === 0 ? fallback : timeToLiveSecs };
}

/** Makes of a message frame what the uplink sends: the sender's properties, then what the host stamps. `leaf` names a leaf device. */
export function toUpstreamMessage(frame: Uint8Array, context: UpstreamContext, leaf?: string): UpstreamMessage {
  const { isJson, sequence, emitted, emittedMonotonic, properties, body } = decodeMessageRecord(frame);
  const { epoch, output, priority, timeToLiveSecs } = context;
  const stamps: Property[] = [['$.mid', `${epoch}-${output}-${sequence}`]];
  if (isJson) stamps.push(['$.ct', 'application/json'], ['$.ce', 'utf-8']);
  if (!properties.some(([key]) => key === '$.ctime')) stamps.push(['$.ctime', creationTime(emitted)]);
  // Nobody but the host says which leaf device it was, or that a time is not what it seems.
  const reserved = leaf === undefined ? [TIME_PROPERTY] : [TIME_PROPERTY, LEAF_PROPERTY.toLowerCase()];
  const own = properties.filter(([key]) => !reserved.includes(key.toLowerCase()));
  if (leaf !== undefined) stamps.push([LEAF_PROPERTY, leaf]);
  return {
    body,
    properties: [...own, ...stamps],
    output,
    priority,
    made: { timeMs: emitted, monotonicMs: emittedMonotonic },
    ...(timeToLiveSecs < 0 ? {} : { expiresAtMs: emittedMonotonic + timeToLiveSecs * 1000 }),
  };
}
