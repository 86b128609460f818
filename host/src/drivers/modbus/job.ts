import { STATUS, type Status } from '../../abi/constants.ts';
import type { ModuleSession } from '../module-session.ts';
import { DETAIL } from './detail.ts';
import type { Exchange, Loss } from './exchange.ts';
import type { Priority } from './priority.ts';

/** Why a request was given up before it was sent. */
export type UnsentReason = 'not-connected' | 'expired' | 'full' | 'module-gone' | 'closing';

/** A module by its name, whatever its instance, or polls that are read together. */
export type Asker = string | object;

/** An exchange that may have to wait for its turn. */
export interface Job extends Exchange {
  /** Whose it is; undefined for what the host does by itself. */
  readonly session: ModuleSession | undefined;
  /** With whom it takes turns: jobs of one asker keep their order. */
  readonly asker: Asker;
  readonly priority: Priority;
  /** Time of the clock at which it must not be sent any more. */
  readonly expiresAt: number;
  /** Called instead of the three ends of an exchange. */
  unsent(reason: UnsentReason): void;
}

export const EMPTY_PAYLOAD = new Uint8Array(0);

/** How a request ended, as a module is told. */
export interface Ending {
  readonly status: Status;
  readonly detail: number;
}

/** What it means for a read that no valid answer came. No read is ever broadcast. */
export const READ_LOST: Readonly<Record<Loss, Ending>> = {
  timeout: { status: STATUS.timeout, detail: DETAIL.noAnswer },
  closed: { status: STATUS.unavailable, detail: DETAIL.connectionLost },
  'bad-answer': { status: STATUS.unavailable, detail: DETAIL.badAnswer },
  broadcast: { status: STATUS.invalid, detail: DETAIL.none },
};

/** What it means for a write that no valid answer came: nobody knows whether it took effect. */
export const WRITE_LOST: Readonly<Record<Loss, Ending>> = {
  timeout: { status: STATUS.unknown, detail: DETAIL.noAnswer },
  closed: { status: STATUS.unknown, detail: DETAIL.connectionLost },
  'bad-answer': { status: STATUS.unknown, detail: DETAIL.badAnswer },
  broadcast: { status: STATUS.unknown, detail: DETAIL.broadcast },
};

/** What not being sent means. A module that is gone is told nothing. */
export const UNSENT: Readonly<Record<UnsentReason, Ending>> = {
  'not-connected': { status: STATUS.unavailable, detail: DETAIL.notConnected },
  expired: { status: STATUS.expired, detail: DETAIL.none },
  full: { status: STATUS.full, detail: DETAIL.none },
  'module-gone': { status: STATUS.cancelled, detail: DETAIL.none },
  closing: { status: STATUS.cancelled, detail: DETAIL.none },
};
