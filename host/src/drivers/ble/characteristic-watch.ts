import { STATUS, type Status } from '../../abi/constants.ts';
import type { ModuleSession } from '../module-session.ts';
import type { GattEnd } from './central/gatt-link.ts';
import type { CharacteristicPath } from './central/radio.ts';
import { DETAIL, DETAIL_OF_LOSS } from './detail.ts';
import type { Subscriber } from './subscriber.ts';
import { Subscribers } from './subscribers.ts';

/** `refused`: the device does not do it on this link. */
type WatchState = 'off' | 'asking' | 'on' | 'refused';

/** One characteristic that modules subscribe to. The device is asked on every link anew, for it forgets. */
export class CharacteristicWatch {
  readonly path: CharacteristicPath;
  readonly #subscribers = new Subscribers();
  #state: WatchState = 'off';
  #lastTold: readonly [status: Status, detail: number] = [STATUS.unavailable, DETAIL.notConnected];

  constructor(path: CharacteristicPath) {
    this.path = path;
  }

  get isWanted(): boolean {
    return this.#subscribers.count > 0;
  }

  get isOn(): boolean {
    return this.#state === 'on';
  }

  /** Whether the device has to be asked for something, now that there is a link. */
  get isDue(): boolean {
    return this.isWanted ? this.#state === 'off' : this.#state === 'on';
  }

  /** Whether nobody wants it, and nothing is to be asked of the device any more. */
  get isIdle(): boolean {
    return !this.isWanted && (this.#state === 'off' || this.#state === 'refused');
  }

  isOf(session: ModuleSession): boolean {
    return this.#subscribers.includes(session);
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    if (this.#state === 'on' || this.#state === 'refused') subscriber.tell(...this.#lastTold);
  }

  /** @returns how many subscriptions of the module ended; they are told so unless the module is gone */
  endSession(session: ModuleSession, isTold: boolean): number {
    return this.#subscribers.endSession(session, isTold);
  }

  endAll(): void {
    this.#subscribers.endAll();
  }

  /** A value; the first may come before the device has said that it does what it was asked for. */
  notified(value: Uint8Array): void {
    if (this.#state !== 'on' && this.#state !== 'asking') return;
    this.#subscribers.value(value);
  }

  asking(): void {
    this.#state = 'asking';
  }

  /** The device was asked to begin (or to stop), and this came of it. */
  asked(isOn: boolean, end: GattEnd<undefined>): void {
    if (end.kind === 'lost') return;
    if (end.kind === 'done') {
      this.#state = isOn ? 'on' : 'off';
      if (isOn) this.#tell(STATUS.ok, DETAIL.none);
      return;
    }
    this.#state = isOn ? 'refused' : 'off';
    if (!isOn) return;
    if (end.kind === 'refused') this.#tell(STATUS.failed, end.code);
    else this.#tell(STATUS.notFound, DETAIL.none);
  }

  /** The link has ended. */
  lost(loss: keyof typeof DETAIL_OF_LOSS): void {
    this.#state = 'off';
    this.#tell(STATUS.unavailable, DETAIL_OF_LOSS[loss]);
  }

  #tell(...told: readonly [status: Status, detail: number]): void {
    this.#lastTold = told;
    this.#subscribers.tell(...told);
  }
}
