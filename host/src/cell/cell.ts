import { encodeTimer } from '../abi/frames.ts';
import { Activity } from '../bridge/activity.ts';
import type { CrossingInput } from '../bridge/crossing-input.ts';
import type { SharedRing } from '../bridge/shared-ring.ts';
import { GatehouseError } from '../errors.ts';
import { Arrivals } from './arrivals.ts';
import type { ByteQueue } from './byte-queue.ts';
import { CellImage, type ImageSpec } from './cell-image.ts';
import { CellTime } from './cell-time.ts';
import type { CellClock } from './clock.ts';
import { Delivery } from './delivery.ts';
import { HostEvents } from './host-events.ts';
import type { ImportContext } from './imports/index.ts';
import { type CellModuleSpec, ModuleSlot } from './module-slot.ts';
import { Notices } from './notices.ts';
import { Outputs } from './outputs.ts';
import { type CellFlow, type CellRoute, Router } from './router.ts';
import { Scheduler } from './scheduler.ts';
import { type CellStatus, statusOf } from './status.ts';
import { type StopReason, Supervisor } from './supervisor.ts';
import { Transaction } from './transaction.ts';

/** How long a turn may last before the thread goes back to its event loop. */
const TURN_MS = 2;
/** How much of it goes to messages that arrive from outside. */
const ARRIVALS_MS = 0.5;
/** How often the cell looks for what modules did that an operator should hear of. */
const FAULTS_EVERY_MS = 1_000;
/** How soon the cell looks again whether the host has emptied a ring that was full. */
const HOST_FULL_MS = 1;

export interface CellOptions {
  /** Effects of events, published together when an event commits. */
  readonly toHost: SharedRing;
  /** Log lines and states, published at once. */
  readonly notices: SharedRing;
  readonly fromHost: SharedRing;
  /** Messages from outside the cell; absent: there are none. */
  readonly inbound?: SharedRing;
  /** Where it says whose turn it is. */
  readonly activity?: Activity;
  /** Absent: all producers are in this cell. */
  readonly flow?: CellFlow;
  readonly clock: CellClock;
  /**
   * Called for a frame about something that the cell does not know: what it was told before, on another way, explains it. It
   * then does all that the host has asked for.
   */
  readonly takeControl?: () => void;
  /** Called when something new is in a ring to the host. */
  readonly wakeHost: () => void;
}

/**
 * Holds module instances and the routes between them, and gives each its turn. It touches nothing but memory: what
 * comes from outside arrives as bytes in `fromHost`, what goes outside leaves as bytes.
 */
export class Cell {
  readonly #options: CellOptions;
  readonly #images = new Map<number, CellImage>();
  readonly #slots = new Map<string, ModuleSlot>();
  readonly #byIndex: (ModuleSlot | undefined)[] = [];
  readonly #router: Router;
  readonly #activity: Activity;
  readonly #time: CellTime;
  readonly #scheduler: Scheduler;
  readonly #notices: Notices;
  readonly #outputs: Outputs;
  readonly #transaction: Transaction;
  readonly #delivery: Delivery;
  readonly #supervisor: Supervisor;
  readonly #hostEvents: HostEvents;
  readonly #arrivals: Arrivals | undefined;
  #nextFaultCheck = 0;
  #lastFaultCheck = 0;

  constructor(options: CellOptions) {
    const { toHost, fromHost, wakeHost } = options;
    this.#options = options;
    this.#router = new Router(this.#slots, options.flow);
    this.#activity = options.activity ?? new Activity();
    const time = new CellTime(options.clock);
    const scheduler = new Scheduler(toHost, time);
    const notices = new Notices(options.notices, toHost, wakeHost);
    const transaction = new Transaction(toHost, (slot) => scheduler.markReady(slot));
    const outputs = new Outputs((slot, port) => {
      this.#router.connect(slot, port);
      notices.output(slot, port);
    });
    const delivery = new Delivery({
      ...{ transaction, time, scheduler, notices, wakeHost, activity: this.#activity },
      onFailure: (slot, failure) => this.#supervisor.fail(slot, failure),
    });
    const contextOf = (slot: ModuleSlot): ImportContext => this.#contextOf(slot);
    const { takeControl = () => {} } = options;
    const slotAt = (index: number): ModuleSlot | undefined => {
      if (this.#byIndex[index] === undefined) takeControl();
      return this.#byIndex[index];
    };
    this.#supervisor = new Supervisor({ delivery, time, scheduler, notices, contextOf, activity: this.#activity });
    this.#hostEvents = new HostEvents({ fromHost, toHost, delivery, time, scheduler, slotAt, wakeHost });
    if (options.inbound !== undefined)
      this.#arrivals = new Arrivals({ ring: options.inbound, router: this.#router, outputs, scheduler, takeControl });
    this.#time = time;
    this.#scheduler = scheduler;
    this.#notices = notices;
    this.#outputs = outputs;
    this.#transaction = transaction;
    this.#delivery = delivery;
  }

  /** Messages whose module trapped on them twice. */
  get deadLetters(): ByteQueue {
    return this.#delivery.deadLetters;
  }

  /** Adds an image, which modules that are installed from now on may have. It goes with the last of them. */
  addImage(spec: ImageSpec): void {
    this.#images.set(spec.id, new CellImage(spec));
  }

  /** Adds a module; it starts with `start`. */
  install(spec: CellModuleSpec): void {
    const image = this.#images.get(spec.image);
    if (image === undefined)
      throw new GatehouseError('INTERNAL', `module ${spec.id} has an image that the cell does not have`);
    image.users++;
    const slot = new ModuleSlot(spec, image);
    this.#slots.set(spec.id, slot);
    this.#byIndex[spec.slot] = slot;
    this.#connectAll();
  }

  /** Replaces all routes; messages that wait in queues stay there. */
  setRoutes(routes: readonly CellRoute[], crossings: readonly CrossingInput[] = []): void {
    this.#router.setRoutes(routes, crossings);
    this.#connectAll();
  }

  start(index: number): void {
    const slot = this.#byIndex[index];
    this.#time.read();
    if (slot !== undefined) this.#supervisor.start(slot);
  }

  /** Lets a module handle its stop event, then discards its instance. Messages for it wait. */
  stop(index: number, reason: StopReason): void {
    const slot = this.#byIndex[index];
    this.#time.read();
    if (slot !== undefined) this.#supervisor.stop(slot, reason);
  }

  /** Removes a stopped module with everything that waits for it. */
  remove(index: number): void {
    const slot = this.#byIndex[index];
    if (slot === undefined) return;
    if (--slot.image.users === 0) this.#images.delete(slot.image.id);
    this.#slots.delete(slot.id);
    this.#byIndex[index] = undefined;
    this.#connectAll();
  }

  status(): CellStatus {
    return statusOf([...this.#slots.values()], this.#router.entries, this.#options.clock.monotonic());
  }

  /**
   * Does what there is to do, for 2 ms at most.
   * @returns milliseconds until there is more to do if nothing arrives: 0 for now, infinity for never
   */
  turn(): number {
    const { clock, fromHost } = this.#options;
    const scheduler = this.#scheduler;
    this.#activity.leave();
    this.#time.read();
    const deadline = clock.monotonic() + TURN_MS;
    const hasTime = (): boolean => clock.monotonic() < deadline;
    // Effects must not overtake what the host has to know of the modules that they come from.
    if (!this.#notices.retry()) return HOST_FULL_MS;
    this.#hostEvents.payOwed();
    if (scheduler.isHostFull) scheduler.wakeUpstreamProducers();
    this.#hostEvents.take(hasTime);
    // What comes from other cells must not leave those of this one without a turn.
    const arrivalsEnd = clock.monotonic() + ARRIVALS_MS;
    this.#arrivals?.take(() => clock.monotonic() < arrivalsEnd);
    if (this.#time.monotonic >= scheduler.nextDue) this.#wakeDue(hasTime);
    if (this.#time.monotonic >= this.#nextFaultCheck) this.#reportFaults();
    while (scheduler.hasReady) {
      scheduler.round(this.#run, hasTime);
      if (!hasTime()) break;
    }
    this.#activity.leave();
    if (scheduler.hasReady) return 0;
    scheduler.rest();
    if (fromHost.take() >= 0 || this.#arrivals?.isEmpty === false) return 0;
    const idleMs = Math.max(0, scheduler.nextDue - clock.monotonic());
    return scheduler.isHostFull || this.#hostEvents.hasOwed ? Math.min(idleMs, HOST_FULL_MS) : idleMs;
  }

  /** Gives a module its turn: events that wait, one after the other, until its credit is used up. */
  readonly #run = (slot: ModuleSlot): void => {
    const scheduler = this.#scheduler;
    this.#activity.enter(slot.index);
    this.#time.read();
    while (slot.credit > 0 && slot.instance !== undefined && !slot.isInDebt) {
      if (scheduler.park(slot) || !this.#deliverNext(slot)) break;
    }
    if (slot.waitProducers.length > 0) scheduler.wake(slot.waitProducers);
    if (slot.hasWork || slot.timers.nextDue <= this.#time.monotonic) scheduler.markReady(slot);
    // Nobody saves up turns while there is nothing to do.
    else slot.credit = Math.min(0, slot.credit);
  };

  /** Delivers the next event; false when none waits. */
  #deliverNext(slot: ModuleSlot): boolean {
    if (slot.hasMail) this.#hostEvents.deliverMail(slot);
    else if (slot.isDesiredDue) this.#supervisor.deliverDesired(slot);
    else if (slot.hasJustTimed || !this.#fireTimer(slot)) {
      slot.hasJustTimed = false;
      return this.#delivery.deliverNextMessage(slot) || this.#fireTimer(slot);
    }
    return true;
  }

  #fireTimer(slot: ModuleSlot): boolean {
    const due = slot.timers.takeDue(this.#time.monotonic);
    if (due === undefined) return false;
    slot.hasJustTimed = true;
    this.#delivery.deliver(slot, encodeTimer({ ...this.#time.stamps, ...due }));
    return true;
  }

  /** What an operator should hear of, and what each module has used since the last time. */
  #reportFaults(): void {
    const now = this.#time.monotonic;
    const passedMs = now - this.#lastFaultCheck;
    this.#lastFaultCheck = now;
    this.#nextFaultCheck = now + FAULTS_EVERY_MS;
    for (const slot of this.#slots.values()) {
      slot.fuelLastSecond = Math.round(((slot.quota.used - slot.fuelSeen) * 1_000) / passedMs);
      slot.fuelSeen = slot.quota.used;
      slot.faults.check(slot.counters, now, (code, text, count) => this.#notices.event(slot, code, text, count));
    }
  }

  /** Starts what failed and is due again, as long as there is time, and wakes modules whose timer or end of debt is due. */
  #wakeDue(hasTime: () => boolean): void {
    const now = this.#time.monotonic;
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots.values()) {
      if (slot.resumeAt <= now) this.#scheduler.resume(slot, now);
      if (slot.retryAt <= now && hasTime()) this.#supervisor.restartIfDue(slot);
      const timerAt = slot.timers.nextDue;
      if (timerAt <= now) this.#scheduler.markReady(slot);
      // A paused module looks after its timers when it goes on, a ready one in its turn.
      next = Math.min(
        next,
        slot.retryAt,
        slot.resumeAt,
        slot.isPaused || timerAt <= now ? Number.POSITIVE_INFINITY : timerAt,
      );
    }
    this.#scheduler.nextDue = next;
  }

  /** Works out all ways of messages afresh; who waited for room on a way that is gone goes on. */
  #connectAll(): void {
    this.#router.connectAll();
    this.#arrivals?.forgetRoutes();
    this.#scheduler.wake(this.#slots.values());
  }

  #contextOf(slot: ModuleSlot): ImportContext {
    return {
      slot,
      transaction: this.#transaction,
      notices: this.#notices,
      memory: undefined,
      time: this.#time,
      outputs: this.#outputs,
    };
  }
}
