import type { Channel } from './channel.ts';
import { type Identity, identityName } from './identity.ts';
import { telemetryPrefix } from './telemetry-topic.ts';
import type { Outbox } from './upstream-queue.ts';

/** One sending identity: its waiting messages, and the channel they go through. */
export class Sender {
  readonly identity: Identity;
  readonly name: string;
  /** What the topics of its messages begin with. */
  readonly topicPrefix: string;
  readonly outbox: Outbox;
  /** Unset until it is known whether the hub takes its messages over the connection of the device. */
  channel: Channel | undefined;
  /** Time of the last report of a refused message, on the monotonic clock. */
  refusalReportedAt = -Infinity;

  constructor(identity: Identity, outbox: Outbox) {
    this.identity = identity;
    this.name = identityName(identity);
    this.topicPrefix = telemetryPrefix(identity);
    this.outbox = outbox;
  }
}
