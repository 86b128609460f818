import { STATUS } from '../../abi/constants.ts';
import { copyValues } from './answer-blocks.ts';
import type { Loss } from './exchange.ts';
import { EMPTY_PAYLOAD, type Ending, type Job, READ_LOST, UNSENT, type UnsentReason } from './job.ts';
import { READ_DATA_AT } from './pdu.ts';
import { NORMAL, type Priority } from './priority.ts';
import type { PlannedRead, ReadPlan } from './read-plan.ts';
import type { ReadRequest } from './request.ts';

const OK: Ending = { status: STATUS.ok, detail: 0 };
const ILLEGAL_ADDRESS = 2;

export interface ReadingResult extends Ending {
  /** All blocks, or nothing when any of the reads failed. */
  readonly payload: Uint8Array;
  /** A read over undeclared addresses was refused for an address that does not exist. */
  readonly gapRefused: boolean;
}

/** One round of a poll: all reads of its plan. It is whole or it has failed; values of two rounds never mix. */
export class Reading {
  readonly jobs: readonly Job[];
  readonly #done: (result: ReadingResult) => void;
  readonly #payload: Uint8Array;
  #left: number;
  #ending = OK;
  #gapRefused = false;

  /** @param asker whose turns its requests take */
  constructor(plan: ReadPlan, done: (result: ReadingResult) => void, asker: object = {}, priority: Priority = NORMAL) {
    this.#payload = plan.template.slice();
    this.#left = plan.reads.length;
    this.#done = done;
    this.jobs = plan.reads.map((read) => new ReadingJob(read, this, asker, priority));
  }

  store({ request, parts }: PlannedRead, frame: Uint8Array, dataAt: number): void {
    for (const { skip, count, payloadAt } of parts) {
      copyValues(request.table, frame, dataAt, skip, count, this.#payload, payloadAt);
    }
    this.end(OK);
  }

  refuse(read: PlannedRead, exception: number): void {
    if (read.readsGaps && exception === ILLEGAL_ADDRESS) this.#gapRefused = true;
    this.end({ status: STATUS.failed, detail: exception });
  }

  /** Counts one read as ended; the first failure is the one that is told. */
  end(ending: Ending): void {
    if (this.#ending === OK) this.#ending = ending;
    if (--this.#left > 0) return;
    const isWhole = this.#ending === OK;
    const payload = isWhole ? this.#payload : EMPTY_PAYLOAD;
    this.#done({ ...this.#ending, payload, gapRefused: this.#gapRefused });
  }
}

class ReadingJob implements Job {
  readonly session = undefined;
  readonly asker: object;
  readonly priority: Priority;
  readonly expiresAt = Number.POSITIVE_INFINITY;
  readonly request: ReadRequest;
  readonly #read: PlannedRead;
  readonly #reading: Reading;

  constructor(read: PlannedRead, reading: Reading, asker: object, priority: Priority) {
    this.request = read.request;
    this.asker = asker;
    this.priority = priority;
    this.#read = read;
    this.#reading = reading;
  }

  answered(frame: Uint8Array, at: number): void {
    this.#reading.store(this.#read, frame, at + READ_DATA_AT);
  }

  refused(exception: number): void {
    this.#reading.refuse(this.#read, exception);
  }

  lost(loss: Loss): void {
    this.#reading.end(READ_LOST[loss]);
  }

  unsent(reason: UnsentReason): void {
    this.#reading.end(UNSENT[reason]);
  }
}
