import type { SharedRing } from '../bridge/shared-ring.ts';
import type { ModuleSlot } from './module-slot.ts';

/** Knows which modules have work, which are paused because there is no room ahead of them, and when the next timer is due. */
export class Scheduler {
  /** When the first timer or restart is due, in milliseconds of the monotonic clock; never later than it really is. */
  nextDue = Number.POSITIVE_INFINITY;
  readonly #toHost: SharedRing;
  #ready: ModuleSlot[] = [];
  #spare: ModuleSlot[] = [];
  readonly #waitForHost = new Set<ModuleSlot>();

  constructor(toHost: SharedRing) {
    this.#toHost = toHost;
  }

  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Whether some module waits for the host to empty its ring. */
  get isHostFull(): boolean {
    return this.#waitForHost.size > 0;
  }

  dueAt(time: number): void {
    if (time < this.nextDue) this.nextDue = time;
  }

  markReady(slot: ModuleSlot): void {
    if (slot.isReady || slot.instance === undefined || slot.isParked) return;
    slot.isReady = true;
    this.#ready.push(slot);
  }

  /** Gives every module that is ready now its turn; those that become ready meanwhile come with the next round. */
  round(turn: (slot: ModuleSlot) => void): void {
    const batch = this.#ready;
    this.#ready = this.#spare;
    this.#spare = batch;
    for (const slot of batch) {
      slot.isReady = false;
      turn(slot);
    }
    batch.length = 0;
  }

  /** Pauses a module if an input that it sends to, or the way to the host, is full. Returns whether it is paused. */
  park(slot: ModuleSlot): boolean {
    const isHostFull = slot.sendsUpstream && this.#toHost.freeBytes < slot.roomForOneEvent;
    if (isHostFull) this.#waitForHost.add(slot);
    slot.isParked = isHostFull || (slot.waitTargets.length > 0 && !slot.hasRoomAhead);
    return slot.isParked;
  }

  /** Lets modules go on that were paused and have room ahead now. */
  wake(slots: Iterable<ModuleSlot>): void {
    for (const slot of slots) {
      if (!slot.isParked || this.park(slot)) continue;
      this.dueAt(slot.timers.nextDue);
      if (slot.hasWork) this.markReady(slot);
    }
  }

  /** Lets modules go on that waited for the host, if it has emptied its ring. */
  wakeUpstreamProducers(): void {
    const waiting = [...this.#waitForHost];
    this.#waitForHost.clear();
    this.wake(waiting);
  }
}
