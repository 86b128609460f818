import type { QueuePolicy } from '../manifest/deployment.ts';

/** An input that modules of other cells send to. */
export interface CrossingInput {
  readonly module: string;
  readonly input: string;
  readonly bytes: number;
  readonly policy: QueuePolicy;
  /** Its index in `Flow`; absent: nobody waits for room. */
  readonly flow?: number;
}

/** What a message of `length` bytes uses of a queue. */
export function entryBytes(length: number): number {
  return ((length + 7) & ~7) + 8;
}
