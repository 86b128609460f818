/** Figures of a queue since it was opened. `bytesWritten / appended` is what a message costs the flash, before its own overhead. */
export interface QueueCounters {
  /** Messages that are neither settled nor given up, those in flight included. */
  readonly depth: number;
  /** Bytes of its segments. */
  readonly diskBytes: number;
  /** Memory of messages that are not on the disk. */
  readonly memoryBytes: number;
  readonly appended: number;
  /** Acknowledged by the hub, or refused by it. */
  readonly settled: number;
  /** Given up because a quota was reached. */
  readonly dropped: number;
  /** Not taken because a quota was reached, or for their size. */
  readonly refused: number;
  /** Given up because their time to live was over before they were sent. */
  readonly expired: number;
  /** Sent again because a connection ended before their acknowledgement. */
  readonly resent: number;
  /** Places that could not be read when the queue was opened, and messages that could not be since. */
  readonly damaged: number;
  /** Segments and cursor. */
  readonly bytesWritten: number;
  readonly commits: number;
  /** Calls of fdatasync. */
  readonly syncs: number;
}
