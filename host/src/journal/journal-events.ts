import type { GatehouseError } from '../errors.ts';
import type { Outbox } from './outbox.ts';

/** What the journal tells the gateway; nothing of it is ever thrown, and none of these may throw. */
export interface JournalEvents {
  /** An outbox of a queue has something to take that it had not before. */
  ready(priority: number, outbox: Outbox): void;
  /**
   * JOURNAL_DAMAGED when something is found that cannot be read; JOURNAL_DEGRADED when a disk begins to refuse; JOURNAL_FULL
   * when a queue reaches its quota, then not again until it has been empty. The place is in the details.
   */
  problem(error: GatehouseError): void;
  /** The disk takes what a queue writes again. */
  recovered(priority: number): void;
}
