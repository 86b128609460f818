import { STATUS, type Status } from '../../abi/constants.ts';
import type { RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';

export const EMPTY_PAYLOAD = new Uint8Array(0);
const NUMBER_MAX = 0x7fff_ffff;

/** A module that gets what comes in, numbered, so that it sees when some of it was dropped on the way. */
export class Subscriber {
  readonly session: ModuleSession;
  readonly #caller: RequestCaller;
  #number = 0;

  constructor(caller: RequestCaller, session: ModuleSession) {
    this.#caller = caller;
    this.session = session;
  }

  value(payload: Uint8Array): void {
    this.#number = this.#number === NUMBER_MAX ? 1 : this.#number + 1;
    this.#caller.answer(STATUS.ok, this.#number, payload);
  }

  /** Says how it stands with the subscription. */
  tell(status: Status, detail: number): void {
    this.#caller.answer(status, detail, EMPTY_PAYLOAD);
  }

  /** The last answer [ABI-5.8]. */
  end(): void {
    this.tell(STATUS.cancelled, 0);
  }
}
