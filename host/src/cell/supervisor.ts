import { encodeDesired, encodeStart, encodeStop } from '../abi/frames.ts';
import type { Activity } from '../bridge/activity.ts';
import type { CellTime } from './cell-time.ts';
import type { Delivery } from './delivery.ts';
import { describeFailure, type Failure } from './failure.ts';
import type { ImportContext } from './imports/index.ts';
import { Instance } from './instance.ts';
import type { ModuleCounters } from './module-counters.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { Notices } from './notices.ts';
import type { Scheduler } from './scheduler.ts';

/** Why the stop event comes [ABI-5.9]. */
export type StopReason = 'shutdown' | 'replaced' | 'removed';
const STOP_REASONS: Readonly<Record<StopReason, number>> = { shutdown: 1, replaced: 2, removed: 3 };

/** Why an instance starts [ABI-5.3]. */
const FIRST_START = 0;
const RESTART = 1;

export interface SupervisorOptions {
  readonly delivery: Delivery;
  readonly time: CellTime;
  readonly scheduler: Scheduler;
  readonly notices: Notices;
  readonly activity: Activity;
  /** What the imports of a new instance work on. */
  readonly contextOf: (slot: ModuleSlot) => ImportContext;
}

/** Starts and stops modules, and starts them again when they failed. */
export class Supervisor {
  readonly #options: SupervisorOptions;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  start(slot: ModuleSlot): void {
    if (slot.status === 'running') return;
    slot.retryAt = Number.POSITIVE_INFINITY;
    this.#start(slot, FIRST_START);
  }

  /** Lets a module handle its stop event, then discards its instance. Messages for it wait. */
  stop(slot: ModuleSlot, reason: StopReason): void {
    if (slot.status === 'stopped') return;
    const { delivery, time, notices } = this.#options;
    if (slot.instance !== undefined) {
      slot.status = 'stopping';
      notices.state(slot, undefined);
      delivery.deliver(slot, encodeStop({ ...time.stamps, reason: STOP_REASONS[reason] }));
    }
    discardInstance(slot);
    slot.status = 'stopped';
    slot.retryAt = Number.POSITIVE_INFINITY;
    notices.state(slot, undefined);
  }

  /** Starts a module again if its time has come. */
  restartIfDue(slot: ModuleSlot): void {
    const { time, notices } = this.#options;
    // The host hears of the failure first, so that it takes what the next instance does for that of the next one.
    if (slot.retryAt > time.monotonic || notices.isBehind) return;
    slot.retryAt = Number.POSITIVE_INFINITY;
    slot.restarts++;
    this.#start(slot, RESTART);
  }

  /** Discards the instance of a module that failed and plans its next start. */
  fail(slot: ModuleSlot, failure: Failure): void {
    const { time, scheduler, notices } = this.#options;
    // What a call used before it ended is not known exactly, and always the same: all that it might have.
    const lost = failure.kind === 'trap' ? slot.spec.limits.fuelPerCall : 0;
    scheduler.charge(slot, (slot.instance?.meter.takeFuel() ?? 0) + lost);
    const ranMs = slot.startedAt === 0 ? 0 : time.monotonic - slot.startedAt;
    const isStopping = slot.status === 'stopping';
    discardInstance(slot);
    slot.status = 'failed';
    slot.failures = ranMs >= slot.schedule.wellAfterMs ? 1 : slot.failures + 1;
    count(slot.counters, failure);
    const isOver = failure.kind === 'unfit' || isStopping;
    const delay = isOver ? undefined : slot.schedule.delayMs(slot.failures);
    slot.retryAt = delay === undefined ? Number.POSITIVE_INFINITY : time.monotonic + delay;
    // Starting costs fuel like anything else.
    if (delay !== undefined && slot.isInDebt) slot.retryAt = Math.max(slot.retryAt, slot.resumeAt);
    scheduler.dueAt(slot.retryAt);
    notices.state(slot, { ...failure, ...(delay === undefined ? {} : { retryInMs: slot.retryAt - time.monotonic }) });
  }

  /** Delivers all desired properties. */
  deliverDesired(slot: ModuleSlot): void {
    slot.isDesiredDue = false;
    const desired = { complete: true, version: slot.desiredVersion, body: slot.desired };
    this.#options.delivery.deliver(slot, encodeDesired({ ...this.#options.time.stamps, ...desired }));
  }

  #start(slot: ModuleSlot, reason: number): void {
    const { delivery, time, scheduler, notices, contextOf, activity } = this.#options;
    slot.status = 'starting';
    activity.enter(slot.index);
    slot.instances++;
    slot.abortWords = undefined;
    notices.state(slot, undefined);
    try {
      slot.instance = Instance.create(slot.image, contextOf(slot));
      slot.instance.initialize();
    } catch (error) {
      this.fail(slot, describeFailure(error, slot));
      return;
    }
    slot.startedAt = time.monotonic;
    const { id, deviceId, environment } = slot.spec;
    const names = { device: deviceId, module: id, environment: Object.entries(environment) };
    delivery.deliver(slot, encodeStart({ ...time.stamps, reason, restarts: slot.failures, ...names }));
    if (slot.instance !== undefined) this.deliverDesired(slot);
    if (slot.instance === undefined) return;
    slot.status = 'running';
    notices.state(slot, undefined);
    if (slot.hasWork) scheduler.markReady(slot);
  }
}

function count(counters: ModuleCounters, { kind, code }: Failure): void {
  if (kind === 'trap') counters.trapped++;
  if (code === 'MODULE_OUT_OF_FUEL') counters.outOfFuel++;
  if (code === 'MODULE_OUT_OF_STACK') counters.outOfStack++;
}

function discardInstance(slot: ModuleSlot): void {
  slot.noteMemory();
  slot.instance = undefined;
  slot.startedAt = 0;
  slot.discardInstanceState();
}
