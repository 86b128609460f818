import type { SharedRing } from '../bridge/shared-ring.ts';
import type { CellTime } from './cell-time.ts';
import type { ModuleSlot } from './module-slot.ts';

/** Fuel that a ready module gets in each round: about 50 microseconds of work. */
export const ROUND_FUEL = 100_000;

/**
 * Knows which modules have work, which are paused because there is no room ahead of them or no fuel left, and when the next
 * timer is due.
 *
 * Ready modules share the thread by deficit round robin in fuel. What an event costs is known only afterwards, so a module's
 * credit may become negative; it then sits out rounds until what it gets in each has made up for it. So a module with
 * expensive events has the same share as one with cheap ones, and neither starves.
 */
export class Scheduler {
  /** When the first timer, restart or end of a debt is due, in milliseconds of the monotonic clock; never later than it really is. */
  nextDue = Number.POSITIVE_INFINITY;
  readonly #toHost: SharedRing;
  readonly #time: CellTime;
  /** Modules of the round at hand; those before `#at` had their turn. */
  #batch: ModuleSlot[] = [];
  #at = 0;
  /** Modules of the next round. */
  #ready: ModuleSlot[] = [];
  #hasServed = false;
  /** The highest credit among those that sat the round out. */
  #nearest = Number.NEGATIVE_INFINITY;
  /** Counts how often the thread had nothing to do; credits from before are void. */
  #rests = 0;
  readonly #waitForHost = new Set<ModuleSlot>();

  constructor(toHost: SharedRing, time: CellTime) {
    this.#toHost = toHost;
    this.#time = time;
  }

  get hasReady(): boolean {
    return this.#ready.length > 0 || this.#at < this.#batch.length;
  }

  /** Whether some module waits for the host to empty its ring, or for another cell. */
  get isHostFull(): boolean {
    return this.#waitForHost.size > 0;
  }

  dueAt(time: number): void {
    if (time < this.nextDue) this.nextDue = time;
  }

  markReady(slot: ModuleSlot): void {
    if (slot.isReady || slot.instance === undefined || slot.isPaused) return;
    slot.isReady = true;
    this.#ready.push(slot);
  }

  /**
   * Gives every module that is ready now its turn, as long as there is time; the next call goes on where this one ended. Modules
   * that become ready meanwhile come with the next round.
   */
  round(turn: (slot: ModuleSlot) => void, hasTime: () => boolean): void {
    if (this.#at === this.#batch.length) this.#beginRound();
    while (this.#at < this.#batch.length) {
      const slot = this.#batch[this.#at++] as ModuleSlot;
      slot.isReady = false;
      if (this.#earn(slot, ROUND_FUEL) <= 0) {
        this.#nearest = Math.max(this.#nearest, slot.credit);
        this.markReady(slot);
        continue;
      }
      this.#hasServed = true;
      turn(slot);
      if (!hasTime()) return;
    }
    if (!this.#hasServed) this.#skipRounds();
  }

  /** Takes what an event has cost off the module's credit and quota, and pauses the module if that leaves it in debt. */
  charge(slot: ModuleSlot, metered: number): void {
    const { quota } = slot;
    const fuel = metered + slot.hostWork;
    slot.hostWork = 0;
    quota.charge(fuel);
    this.#earn(slot, -fuel);
    if (!quota.isInDebt || slot.isInDebt) return;
    quota.fill(this.#time.monotonic);
    if (!quota.isInDebt) return;
    slot.isInDebt = true;
    slot.resumeAt = quota.paidAt();
    slot.counters.fuelPauses++;
    this.dueAt(slot.resumeAt);
  }

  /** Whether a module has had so much more than its share that an event for it must wait for its turn. */
  isOverdrawn(slot: ModuleSlot): boolean {
    return slot.credit < -ROUND_FUEL && slot.creditFrom === this.#rests;
  }

  /** Lets a module go on whose debt is paid. */
  resume(slot: ModuleSlot, now: number): void {
    slot.quota.fill(now);
    if (slot.quota.isInDebt) {
      slot.resumeAt = slot.quota.paidAt();
      return;
    }
    slot.isInDebt = false;
    slot.resumeAt = Number.POSITIVE_INFINITY;
    this.#goOn(slot);
  }

  /** Nothing is to be done: who had more than its share before took it from nobody. */
  rest(): void {
    this.#rests++;
  }

  /** Pauses a module if an input that it sends to, or the way to the host, is full. Returns whether it is paused. */
  park(slot: ModuleSlot): boolean {
    const isHostFull = (slot.sendsUpstream || slot.sendsToOtherCells) && this.#toHost.freeBytes < slot.roomOutside;
    slot.isParked = isHostFull || (slot.waitTargets.length > 0 && !slot.hasRoomAhead);
    if (isHostFull || (slot.isParked && slot.waitsForOthers)) this.#waitForHost.add(slot);
    return slot.isParked;
  }

  /** Lets modules go on that were paused and have room ahead now. */
  wake(slots: Iterable<ModuleSlot>): void {
    for (const slot of slots) if (slot.isParked && !this.park(slot)) this.#goOn(slot);
  }

  /** Lets modules go on that waited for the host or another cell, if there is room now. */
  wakeUpstreamProducers(): void {
    const waiting = [...this.#waitForHost];
    this.#waitForHost.clear();
    this.wake(waiting);
  }

  #goOn(slot: ModuleSlot): void {
    this.dueAt(slot.timers.nextDue);
    if (slot.hasWork) this.markReady(slot);
  }

  #beginRound(): void {
    const spare = this.#batch;
    spare.length = 0;
    this.#batch = this.#ready;
    this.#ready = spare;
    this.#at = 0;
    this.#hasServed = false;
    this.#nearest = Number.NEGATIVE_INFINITY;
  }

  /** Everybody sat the round out, so all rounds that would pass in the same way pass at once. */
  #skipRounds(): void {
    if (this.#nearest === Number.NEGATIVE_INFINITY) return;
    const rounds = Math.floor(-this.#nearest / ROUND_FUEL);
    for (const slot of this.#ready) slot.credit += rounds * ROUND_FUEL;
  }

  #earn(slot: ModuleSlot, fuel: number): number {
    if (slot.creditFrom !== this.#rests) {
      slot.creditFrom = this.#rests;
      slot.credit = 0;
    }
    slot.credit += fuel;
    return slot.credit;
  }
}
