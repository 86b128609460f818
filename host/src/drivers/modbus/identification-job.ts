import { STATUS } from '../../abi/constants.ts';
import type { RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import { DETAIL } from './detail.ts';
import type { Loss } from './exchange.ts';
import { Identification } from './identification.ts';
import { type Asker, EMPTY_PAYLOAD, type Ending, type Job, READ_LOST, UNSENT, type UnsentReason } from './job.ts';
import { NORMAL } from './priority.ts';
import type { IdentifyRequest } from './request.ts';

export interface IdentificationJobOptions {
  readonly request: IdentifyRequest;
  readonly session: ModuleSession;
  readonly caller: RequestCaller;
  /** Sends a job now or when its turn comes. */
  readonly submit: (job: Job) => void;
}

/** One request of those that it takes to learn what a device is. The module is answered once, with all or with a status. */
export class IdentificationJob implements Job {
  readonly request: IdentifyRequest;
  readonly session: ModuleSession;
  readonly asker: Asker;
  readonly priority = NORMAL;
  readonly expiresAt = Number.POSITIVE_INFINITY;
  readonly #options: IdentificationJobOptions;
  readonly #found: Identification;

  constructor(options: IdentificationJobOptions, found = new Identification()) {
    this.request = options.request;
    this.session = options.session;
    this.asker = options.session.module;
    this.#options = options;
    this.#found = found;
  }

  answered(frame: Uint8Array, at: number): void {
    if (this.session.isOver) return;
    const next = this.#found.add(frame, at);
    if (this.#found.isTooLong) this.#fail({ status: STATUS.unavailable, detail: DETAIL.tooLong });
    else if (next === undefined) this.#options.caller.answer(STATUS.ok, 0, this.#found.payload());
    else this.#goOn(next);
  }

  refused(exception: number): void {
    this.#fail({ status: STATUS.failed, detail: exception });
  }

  lost(loss: Loss): void {
    this.#fail(READ_LOST[loss]);
  }

  unsent(reason: UnsentReason): void {
    this.#fail(UNSENT[reason]);
  }

  #goOn(objectId: number): void {
    const request = { ...this.request, objectId };
    this.#options.submit(new IdentificationJob({ ...this.#options, request }, this.#found));
  }

  #fail({ status, detail }: Ending): void {
    if (!this.session.isOver) this.#options.caller.answer(status, detail, EMPTY_PAYLOAD);
  }
}
