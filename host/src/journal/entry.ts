import type { Outbox } from './outbox.ts';
import type { Envelope } from './record.ts';
import type { Segment } from './segment.ts';

/** Memory that an entry takes besides its bytes, roughly. */
const OVERHEAD_BYTES = 200;

/** A message in memory. */
export interface Entry extends Envelope {
  readonly outbox: Outbox;
  /** The epoch in which it was appended; with the sequence its id. */
  readonly epoch: number;
  /** Head and body. */
  readonly payload: Buffer;
  readonly memoryBytes: number;
  /** When it has to be on its way to the disk, on the monotonic clock. */
  dueAt: number;
  /** Somebody waits for the commit that it is in. */
  isUrgent: boolean;
  /** Waits for a commit that has not begun. */
  isPending: boolean;
  /** Where it is on the disk; undefined as long as it is in memory only. */
  segment: Segment | undefined;
  /** Among those that its outbox has to send or has sent. */
  isLoaded: boolean;
  /** Settled, expired or dropped: whoever still holds it passes it over. */
  isGone: boolean;
}

/** Memory that a message with so much of head and body takes. */
export const memoryBytesOf = (payloadBytes: number): number => OVERHEAD_BYTES + payloadBytes;

export function createEntry(
  outbox: Outbox,
  epoch: number,
  { sequence, appendedAt, expiresAt, headBytes }: Envelope,
  payload: Buffer,
  segment?: Segment,
): Entry {
  return {
    outbox,
    epoch,
    sequence,
    appendedAt,
    expiresAt,
    headBytes,
    payload,
    memoryBytes: memoryBytesOf(payload.byteLength),
    dueAt: Infinity,
    isUrgent: false,
    isPending: false,
    segment,
    isLoaded: false,
    isGone: false,
  };
}
