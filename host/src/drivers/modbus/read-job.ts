import { STATUS } from '../../abi/constants.ts';
import type { RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import { encodeReadAnswer } from './answer-blocks.ts';
import type { Loss } from './exchange.ts';
import { type Asker, EMPTY_PAYLOAD, type Ending, type Job, READ_LOST, UNSENT, type UnsentReason } from './job.ts';
import { READ_DATA_AT } from './pdu.ts';
import { NORMAL } from './priority.ts';
import type { ReadRequest } from './request.ts';

/** A read that a module asked for. */
export class ReadJob implements Job {
  readonly request: ReadRequest;
  readonly session: ModuleSession;
  readonly asker: Asker;
  readonly priority = NORMAL;
  readonly expiresAt = Number.POSITIVE_INFINITY;
  readonly #caller: RequestCaller;

  constructor(request: ReadRequest, session: ModuleSession, caller: RequestCaller) {
    this.request = request;
    this.session = session;
    this.asker = session.module;
    this.#caller = caller;
  }

  answered(frame: Uint8Array, at: number): void {
    if (this.session.isOver) return;
    this.#caller.answer(STATUS.ok, 0, encodeReadAnswer(this.request, frame, at + READ_DATA_AT));
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

  #fail({ status, detail }: Ending): void {
    if (!this.session.isOver) this.#caller.answer(status, detail, EMPTY_PAYLOAD);
  }
}
