import type { ModuleSession } from '../module-session.ts';
import type { GattEnd, LinkLoss } from './central/gatt-link.ts';
import type { CharacteristicPath } from './central/radio.ts';
import { CharacteristicWatch } from './characteristic-watch.ts';
import { BLE_LIMITS } from './limits.ts';
import type { Subscriber } from './subscriber.ts';

/** The characteristics of one device that modules subscribe to. */
export class CharacteristicWatches {
  /** The one that was asked for longest ago comes first. */
  readonly #watches = new Map<string, CharacteristicWatch>();

  /** How many somebody wants. */
  get wanted(): number {
    return this.#count(({ isWanted }) => isWanted);
  }

  /** How many the device notifies of. */
  get active(): number {
    return this.#count(({ isOn }) => isOn);
  }

  /**
   * A module may name characteristics that the device does not have, so each has its own room.
   *
   * @returns false when there is none
   */
  subscribe(path: CharacteristicPath, subscriber: Subscriber): boolean {
    const { session } = subscriber;
    const key = keyOf(path);
    const watch = this.#watches.get(key) ?? new CharacteristicWatch(path);
    if (!watch.isOf(session) && this.#count((each) => each.isOf(session)) >= BLE_LIMITS.subscriptions) return false;
    this.#watches.set(key, watch);
    watch.add(subscriber);
    return true;
  }

  /** Ends the subscriptions of a module to a characteristic. Returns how many there were. */
  unsubscribe(path: CharacteristicPath, session: ModuleSession): number {
    const count = this.#watches.get(keyOf(path))?.endSession(session, true) ?? 0;
    this.#forgetIdle();
    return count;
  }

  /** The instance of a module is gone. */
  endSession(session: ModuleSession): void {
    for (const watch of this.#watches.values()) watch.endSession(session, false);
    this.#forgetIdle();
  }

  endAll(): void {
    for (const watch of this.#watches.values()) watch.endAll();
  }

  /** The one that the device has to be asked for next. */
  due(): CharacteristicWatch | undefined {
    for (const watch of this.#watches.values()) if (watch.isDue) return watch;
    return undefined;
  }

  /** The device is being asked for this one; when it is due again, it comes behind all others. */
  asking(watch: CharacteristicWatch): void {
    const key = keyOf(watch.path);
    this.#watches.delete(key);
    this.#watches.set(key, watch);
    watch.asking();
  }

  /** The device was asked to begin (or to stop), and this came of it. */
  asked(watch: CharacteristicWatch, isOn: boolean, end: GattEnd<undefined>): void {
    watch.asked(isOn, end);
    this.#forgetIdle();
  }

  notified(path: CharacteristicPath, value: Uint8Array): void {
    this.#watches.get(keyOf(path))?.notified(value);
  }

  /** The link has ended. */
  lost(loss: LinkLoss): void {
    for (const watch of this.#watches.values()) watch.lost(loss);
    this.#forgetIdle();
  }

  #forgetIdle(): void {
    for (const [key, watch] of this.#watches) if (watch.isIdle) this.#watches.delete(key);
  }

  #count(isCounted: (watch: CharacteristicWatch) => boolean): number {
    let count = 0;
    for (const watch of this.#watches.values()) if (isCounted(watch)) count++;
    return count;
  }
}

const keyOf = ({ service, characteristic }: CharacteristicPath): string => `${service}/${characteristic}`;
