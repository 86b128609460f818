import type { ModuleState } from '../bridge/frames.ts';
import type { ModuleCounters } from './module-counters.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { RouteEntry } from './output-port.ts';

export interface QueueStatus {
  readonly input: string;
  readonly waiting: number;
  readonly usedBytes: number;
  readonly highWaterBytes: number;
  readonly capacityBytes: number;
  readonly dropped: number;
}

export interface ModuleStatus {
  readonly id: string;
  readonly state: ModuleState;
  /** Failures since it last ran well. */
  readonly failures: number;
  /** Milliseconds until its next attempt to start; absent when none is planned. */
  readonly retryInMs?: number;
  /** Starts after a failure, since the host started. */
  readonly restarts: number;
  readonly isPaused: boolean;
  /** Why: its quota of fuel is used up, or there is no room ahead of it. Absent when it is not paused. */
  readonly pausedBy?: 'fuel' | 'room';
  /** All fuel charged since it was installed: what its calls used, a trapped one as its whole budget, and what each event costs the host. */
  readonly fuelUsed: number;
  /** Fuel in the last second that is over. */
  readonly fuelLastSecond: number;
  /** Fuel that it used beyond its quota and that has to come in before it goes on. */
  readonly fuelDebt: number;
  readonly memoryBytes: number;
  /** Most memory that one of its instances had. */
  readonly memoryHighWaterBytes: number;
  readonly stateBytes: number;
  readonly pendingRequests: number;
  readonly counters: ModuleCounters;
  readonly queues: readonly QueueStatus[];
}

export interface RouteStatus {
  readonly name: string;
  readonly matched: number;
  readonly dropped: number;
}

/** What the cell knows of itself, as plain data. */
export interface CellStatus {
  readonly modules: readonly ModuleStatus[];
  readonly routes: readonly RouteStatus[];
}

/** @param now milliseconds of the monotonic clock */
export function statusOf(slots: readonly ModuleSlot[], entries: readonly RouteEntry[], now: number): CellStatus {
  return {
    modules: slots.map((slot) => moduleStatus(slot, now)),
    routes: entries.map(({ name, matched, dropped }) => ({ name, matched, dropped })),
  };
}

function moduleStatus(slot: ModuleSlot, now: number): ModuleStatus {
  slot.noteMemory();
  return {
    id: slot.id,
    state: slot.status,
    failures: slot.failures,
    ...(slot.retryAt === Number.POSITIVE_INFINITY ? {} : { retryInMs: Math.max(0, slot.retryAt - now) }),
    restarts: slot.restarts,
    isPaused: slot.isPaused,
    ...(slot.isPaused ? { pausedBy: slot.isInDebt ? ('fuel' as const) : ('room' as const) } : {}),
    fuelUsed: slot.quota.used,
    fuelLastSecond: slot.fuelLastSecond,
    fuelDebt: slot.quota.debt,
    memoryBytes: slot.instance?.memory.bytes.byteLength ?? 0,
    memoryHighWaterBytes: slot.memoryHighWaterBytes,
    stateBytes: slot.state?.usedBytes ?? 0,
    pendingRequests: slot.pendingRequests,
    counters: { ...slot.counters },
    queues: slot.inputs.flatMap(({ name, queue, room }) =>
      queue === undefined
        ? []
        : [
            {
              input: name,
              waiting: queue.count,
              usedBytes: queue.usedBytes,
              highWaterBytes: queue.highWaterBytes,
              capacityBytes: room?.capacity ?? queue.capacity,
              dropped: queue.dropped,
            },
          ],
    ),
  };
}
