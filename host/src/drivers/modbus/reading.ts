import { STATUS } from '../../abi/constants.ts';
import { copyValues } from './answer-blocks.ts';
import type { Loss } from './exchange.ts';
import { EMPTY_PAYLOAD, type Ending, type Job, READ_LOST, UNSENT, type UnsentReason } from './job.ts';
import { READ_DATA_AT } from './pdu.ts';
import type { Priority } from './priority.ts';
import type { PlannedRead, ReadPlan } from './read-plan.ts';
import type { ReadRequest } from './request.ts';

const OK: Ending = { status: STATUS.ok, detail: 0 };
/** Exceptions of a device that has not all of the addresses, or takes fewer at a time: 2 illegal address, 3 illegal value. */
const OF_ADDRESSES: readonly number[] = [2, 3];

export interface ReadingResult extends Ending {
  /** All blocks, or nothing when any of the reads failed. */
  readonly payload: Uint8Array;
  /** Whether the device refused any of the reads for its addresses, and whether that one read over gaps. */
  readonly addressRefused: boolean;
  readonly gapRefused: boolean;
}

export interface ReadingOptions {
  readonly plan: ReadPlan;
  /** Whose turns its requests take. */
  readonly asker: object;
  readonly priority: Priority;
  /** Sends a job now or when its turn comes. */
  readonly submit: (job: Job) => void;
  /** Called once for each list of the plan, as soon as all that is read for it has ended. */
  readonly done: (list: number, result: ReadingResult) => void;
}

/** What has been read for one list. */
interface Sheet {
  readonly payload: Uint8Array;
  left: number;
  ending: Ending;
  addressRefused: boolean;
  gapRefused: boolean;
}

/** All reads of a plan, once. What is read for a list is whole or it has failed; values of two rounds never mix. */
export class Reading {
  readonly #options: ReadingOptions;
  readonly #sheets: readonly Sheet[];

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.#sheets = options.plan.lists.map(({ template, requests }) => ({
      payload: template.slice(),
      left: requests,
      ending: OK,
      addressRefused: false,
      gapRefused: false,
    }));
  }

  start(): void {
    for (const read of this.#options.plan.reads) this.#options.submit(new ReadingJob(read, this, this.#options));
  }

  store(read: PlannedRead, frame: Uint8Array, dataAt: number): void {
    for (const { list, skip, count, payloadAt } of read.parts) {
      copyValues(read.request.table, frame, dataAt, skip, count, this.#sheets[list]!.payload, payloadAt);
    }
    this.end(read, OK);
  }

  refuse(read: PlannedRead, exception: number): void {
    const isOfAddresses = OF_ADDRESSES.includes(exception);
    for (const list of read.lists) {
      const sheet = this.#sheets[list]!;
      sheet.addressRefused ||= isOfAddresses;
      sheet.gapRefused ||= isOfAddresses && read.readsGaps;
    }
    this.end(read, { status: STATUS.failed, detail: exception });
  }

  end(read: PlannedRead, ending: Ending): void {
    for (const list of read.lists) this.#end(list, ending);
  }

  /** Counts one read for a list as ended; the first failure is the one that is told. */
  #end(list: number, ending: Ending): void {
    const sheet = this.#sheets[list]!;
    if (sheet.ending === OK) sheet.ending = ending;
    if (--sheet.left > 0) return;
    const { addressRefused, gapRefused } = sheet;
    const payload = sheet.ending === OK ? sheet.payload : EMPTY_PAYLOAD;
    this.#options.done(list, { ...sheet.ending, payload, addressRefused, gapRefused });
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

  constructor(read: PlannedRead, reading: Reading, { asker, priority }: Pick<ReadingOptions, 'asker' | 'priority'>) {
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
    this.#reading.end(this.#read, READ_LOST[loss]);
  }

  unsent(reason: UnsentReason): void {
    this.#reading.end(this.#read, UNSENT[reason]);
  }
}
