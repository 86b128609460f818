import { JOURNAL_LIMITS } from '../limits.ts';

/** What happens to a message for which a queue has no room: it takes that of the oldest, or is refused. */
export type QuotaPolicy = 'drop-oldest' | 'reject';

/** Settings of a queue. */
export interface QueueOptions {
  readonly quotaBytes: number;
  readonly quotaMessages: number;
  readonly policy: QuotaPolicy;
  readonly segmentBytes: number;
  /** The longest that an urgent message waits for others to share its commit. */
  readonly commitMs: number;
  /** So many urgent messages, or bytes of any, are committed at once. */
  readonly commitMessages: number;
  readonly commitBytes: number;
  /** What the hub acknowledges within this time is never written, unless it is urgent. A crash loses so much at most. */
  readonly lossWindowMs: number;
  /** The cursor is written no more often. */
  readonly cursorMs: number;
  /** Memory for messages that are not on the disk yet; all there is while the disk refuses. */
  readonly memoryBytes: number;
  /** Memory for messages that are on the disk and about to be sent. */
  readonly windowBytes: number;
  /** What the journal leaves free on the disk. */
  readonly keepFreeBytes: number;
}

export const QUEUE_DEFAULTS: QueueOptions = {
  quotaBytes: 536_870_912,
  quotaMessages: 10_000_000,
  policy: 'drop-oldest',
  segmentBytes: JOURNAL_LIMITS.segmentBytesMax,
  commitMs: 20,
  commitMessages: 1_000,
  commitBytes: 262_144,
  lossWindowMs: 5_000,
  cursorMs: 5_000,
  memoryBytes: 8_388_608,
  windowBytes: 1_048_576,
  keepFreeBytes: 16_777_216,
};

/** Where a segment ends. A quota is kept by dropping whole segments, so none may be a large part of it. */
export function segmentSize({ segmentBytes, quotaBytes, quotaMessages }: QueueOptions): {
  segmentBytes: number;
  segmentRecords: number;
} {
  const { segmentsOfQuota, segmentBytesMin } = JOURNAL_LIMITS;
  return {
    segmentBytes: Math.max(segmentBytesMin, Math.min(segmentBytes, Math.floor(quotaBytes / segmentsOfQuota))),
    segmentRecords: Math.max(1, Math.floor(quotaMessages / segmentsOfQuota)),
  };
}
