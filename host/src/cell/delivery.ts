import type { Activity } from '../bridge/activity.ts';
import { ByteQueue } from './byte-queue.ts';
import type { CellTime } from './cell-time.ts';
import { describeFailure, type Failure } from './failure.ts';
import type { Instance } from './instance.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { Notices } from './notices.ts';
import type { Scheduler } from './scheduler.ts';
import type { Transaction } from './transaction.ts';

/** Stands for a status of the guest when it has no memory for a frame: the event counts as refused [ABI-2.3]. */
const NO_ROOM = 1;
/** What the host's own work for an event costs its module: without it, events that do nothing would be free. */
export const EVENT_FUEL = 300;
/** Holds at least one message of the largest size. */
const DEAD_LETTER_BYTES = 524_288;

export interface DeliveryOptions {
  readonly transaction: Transaction;
  readonly time: CellTime;
  readonly scheduler: Scheduler;
  readonly notices: Notices;
  readonly wakeHost: () => void;
  readonly activity: Activity;
  /** The instance trapped; its event is taken back already. */
  readonly onFailure: (slot: ModuleSlot, failure: Failure) => void;
}

/** Hands events to modules, each as a transaction [ABI-3]. */
export class Delivery {
  /** Messages whose module trapped on them twice; the oldest make room. */
  readonly deadLetters = new ByteQueue(DEAD_LETTER_BYTES, 'drop-oldest');
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Delivers a frame that does not come from a queue; returns whether its event committed. */
  deliver(slot: ModuleSlot, frame: Uint8Array): boolean {
    const { transaction, activity } = this.#options;
    const instance = slot.instance as Instance;
    activity.enter(slot.index);
    let status = NO_ROOM;
    try {
      const hasRoom = instance.makeRoom(frame.byteLength);
      transaction.begin(slot, 0, -1);
      if (hasRoom) status = instance.deliver(frame);
    } catch (error) {
      transaction.rollback();
      this.#options.onFailure(slot, describeFailure(error, slot));
      return false;
    }
    return this.#settle(slot, status);
  }

  /** Delivers the next message of the module's inputs in turn; false when none waits. */
  deliverNextMessage(slot: ModuleSlot): boolean {
    const { inputs } = slot;
    for (let tried = 0; tried < inputs.length; tried++) {
      const index = slot.nextInput < inputs.length ? slot.nextInput : 0;
      slot.nextInput = index + 1;
      const queue = inputs[index]?.queue;
      if (queue === undefined || queue.count === 0) continue;
      this.#deliverMessage(slot, queue);
      return true;
    }
    return false;
  }

  #deliverMessage(slot: ModuleSlot, queue: ByteQueue): void {
    const { transaction, time } = this.#options;
    const at = queue.take();
    const word = at >> 2;
    const length = queue.words[word + 1] as number;
    const source = queue.words[word + 7] as number;
    const instance = slot.instance as Instance;
    let status = NO_ROOM;
    try {
      const hasRoom = instance.makeRoom(length);
      transaction.begin(slot, (queue.words[word] as number) >>> 24, source);
      if (hasRoom) status = instance.deliverMessage(queue, at, length, time);
    } catch (error) {
      transaction.rollback();
      this.#keepOrBury(slot, queue, at, length);
      this.#options.onFailure(slot, describeFailure(error, slot));
      return;
    }
    this.#settle(slot, status);
    queue.release();
  }

  /** A message whose module trapped is delivered once more, and buried after the second time [ABI-3.2]. */
  #keepOrBury(slot: ModuleSlot, queue: ByteQueue, at: number, length: number): void {
    if (queue.tagOf(at) === 0) {
      queue.setTag(at, 1);
      queue.putBack();
      return;
    }
    const grave = this.deadLetters.reserve(length, slot.index);
    this.deadLetters.bytes.set(queue.bytes.subarray(at, at + length), grave);
    this.deadLetters.commit();
    queue.release();
    slot.counters.deadLettered++;
    const text = 'a message on which the module trapped twice went to the dead letters';
    this.#options.notices.event(slot, 'MODULE_TRAPPED', text);
  }

  /** Commits or takes back the event at hand; returns whether it committed. */
  #settle(slot: ModuleSlot, status: number): boolean {
    const { transaction, scheduler, wakeHost } = this.#options;
    slot.counters.events++;
    scheduler.charge(slot, (slot.instance as Instance).meter.takeFuel() + EVENT_FUEL);
    slot.abortWords = undefined;
    if (slot.timers.nextDue < scheduler.nextDue) scheduler.dueAt(slot.timers.nextDue);
    if (status === 0) {
      if (transaction.commit()) wakeHost();
      return true;
    }
    transaction.rollback();
    slot.counters.refused++;
    return false;
  }
}
