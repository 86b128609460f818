import { STATUS } from '../../abi/constants.ts';
import type { WriteOutcome } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import { encodeReadAnswer } from './answer-blocks.ts';
import { mayHaveTakenEffect } from './detail.ts';
import type { Loss } from './exchange.ts';
import { type Asker, EMPTY_PAYLOAD, type Ending, type Job, UNSENT, type UnsentReason, WRITE_LOST } from './job.ts';
import { READ_DATA_AT } from './pdu.ts';
import { NORMAL } from './priority.ts';
import type { WritingRequest } from './request.ts';

/** How a write ended: what is audited, and what its module is told. */
export interface WriteEnding extends Ending {
  readonly outcome: WriteOutcome;
  readonly sent: boolean;
  /** What it read besides. */
  readonly payload: Uint8Array;
}

export interface WriteJobOptions {
  readonly request: WritingRequest;
  /** Undefined for a write that the host makes by itself. */
  readonly session: ModuleSession | undefined;
  /** Time of the clock at which it must not be sent any more. */
  readonly expiresAt: number;
  /** Called once, whatever happens. */
  readonly ended: (ending: WriteEnding) => void;
}

/** A write. It is sent at most once, and never after its expiry. */
export class WriteJob implements Job {
  readonly request: WritingRequest;
  readonly session: ModuleSession | undefined;
  readonly asker: Asker;
  readonly priority = NORMAL;
  readonly expiresAt: number;
  readonly #ended: (ending: WriteEnding) => void;

  constructor({ request, session, expiresAt, ended }: WriteJobOptions) {
    this.request = request;
    this.session = session;
    this.asker = session?.module ?? this;
    this.expiresAt = expiresAt;
    this.#ended = ended;
  }

  answered(frame: Uint8Array, at: number): void {
    const payload = readBy(this.request, frame, at + READ_DATA_AT);
    this.#ended({ status: STATUS.ok, detail: 0, outcome: 'confirmed', sent: true, payload });
  }

  refused(exception: number): void {
    const ending = mayHaveTakenEffect(exception)
      ? ({ status: STATUS.unknown, outcome: 'unknown' } as const)
      : ({ status: STATUS.failed, outcome: 'refused' } as const);
    this.#ended({ ...ending, detail: exception, sent: true, payload: EMPTY_PAYLOAD });
  }

  lost(loss: Loss): void {
    this.#ended({ ...WRITE_LOST[loss], outcome: 'unknown', sent: true, payload: EMPTY_PAYLOAD });
  }

  unsent(reason: UnsentReason): void {
    const outcome = reason === 'expired' ? 'expired' : 'dropped';
    this.#ended({ ...UNSENT[reason], outcome, sent: false, payload: EMPTY_PAYLOAD });
  }
}

function readBy(request: WritingRequest, frame: Uint8Array, dataAt: number): Uint8Array {
  if (request.kind !== 'read-write') return EMPTY_PAYLOAD;
  const { address, count } = request;
  return encodeReadAnswer({ table: 3, address, count }, frame, dataAt);
}
