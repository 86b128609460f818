import type { Status } from '../../abi/constants.ts';
import type { ModuleSession } from '../module-session.ts';
import type { Subscriber } from './subscriber.ts';

/** Subscriptions of modules to the same thing. */
export class Subscribers {
  readonly #all = new Set<Subscriber>();

  get count(): number {
    return this.#all.size;
  }

  /** Whether one of them is of the module. */
  includes(session: ModuleSession): boolean {
    for (const subscriber of this.#all) if (subscriber.session === session) return true;
    return false;
  }

  add(subscriber: Subscriber): void {
    this.#all.add(subscriber);
  }

  value(payload: Uint8Array): void {
    for (const subscriber of [...this.#all]) subscriber.value(payload);
  }

  tell(status: Status, detail: number): void {
    for (const subscriber of [...this.#all]) subscriber.tell(status, detail);
  }

  /** Ends those of a module, which is told so unless it is gone. Returns how many there were. */
  endSession(session: ModuleSession, isTold: boolean): number {
    const ended = [...this.#all].filter((subscriber) => subscriber.session === session);
    for (const subscriber of ended) {
      this.#all.delete(subscriber);
      if (isTold) subscriber.end();
    }
    return ended.length;
  }

  endAll(): void {
    const ended = [...this.#all];
    this.#all.clear();
    for (const subscriber of ended) subscriber.end();
  }
}
