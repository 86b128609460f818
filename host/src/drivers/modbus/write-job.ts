import { STATUS } from '../../abi/constants.ts';
import type { WriteOutcome } from '../driver.ts';
import { mayHaveTakenEffect } from './detail.ts';
import type { Loss } from './exchange.ts';
import { type Ending, type Job, type ModuleSession, UNSENT, type UnsentReason, WRITE_LOST } from './job.ts';
import type { WriteRequest } from './request.ts';

/** How a write ended: what is audited, and what its module is told. */
export interface WriteEnding extends Ending {
  readonly outcome: WriteOutcome;
  readonly sent: boolean;
}

export interface WriteJobOptions {
  readonly request: WriteRequest;
  /** Undefined for a write that the host makes by itself. */
  readonly session: ModuleSession | undefined;
  /** Time of the clock at which it must not be sent any more. */
  readonly expiresAt: number;
  /** Called once, whatever happens. */
  readonly ended: (ending: WriteEnding) => void;
}

/** A write. It is sent at most once, and never after its expiry. */
export class WriteJob implements Job {
  readonly request: WriteRequest;
  readonly session: ModuleSession | undefined;
  readonly expiresAt: number;
  readonly #ended: (ending: WriteEnding) => void;

  constructor({ request, session, expiresAt, ended }: WriteJobOptions) {
    this.request = request;
    this.session = session;
    this.expiresAt = expiresAt;
    this.#ended = ended;
  }

  answered(): void {
    this.#ended({ status: STATUS.ok, detail: 0, outcome: 'confirmed', sent: true });
  }

  refused(exception: number): void {
    const ending = mayHaveTakenEffect(exception)
      ? ({ status: STATUS.unknown, outcome: 'unknown' } as const)
      : ({ status: STATUS.failed, outcome: 'refused' } as const);
    this.#ended({ ...ending, detail: exception, sent: true });
  }

  lost(loss: Loss): void {
    this.#ended({ ...WRITE_LOST[loss], outcome: 'unknown', sent: true });
  }

  unsent(reason: UnsentReason): void {
    this.#ended({ ...UNSENT[reason], outcome: reason === 'expired' ? 'expired' : 'dropped', sent: false });
  }
}
