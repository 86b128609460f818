import type { RestartPolicy, RestartScheduleName } from '../manifest/deployment.ts';

/** When a failed module is started again. Delays are data; the supervisor applies them to whatever clock it has. */
export interface RestartSchedule {
  /** Milliseconds to wait before the next start, given the failures since the module last ran well; undefined: no more. */
  delayMs(failures: number): number | undefined;
  /** After running this long without a failure, its failures are forgotten. */
  readonly wellAfterMs: number;
}

/** At once, then after 1 s doubling to 5 min, for ever: a protecting module must not stay down after one trap. */
const GATEHOUSE: RestartSchedule = {
  delayMs: (failures) => (failures <= 1 ? 0 : Math.min(1_000 * 2 ** Math.min(failures - 2, 9), 300_000)),
  wellAfterMs: 60_000,
};

/** IoT Edge's: 10 s doubling to 5 min, given up after 20 restarts, forgotten after 10 minutes. */
const IOT_EDGE: RestartSchedule = {
  delayMs: (failures) => (failures > 20 ? undefined : Math.min(10_000 * 2 ** Math.min(failures - 1, 9), 300_000)),
  wellAfterMs: 600_000,
};

const NEVER: RestartSchedule = { delayMs: () => undefined, wellAfterMs: Number.POSITIVE_INFINITY };

/** A module never exits by itself with success, so every policy but `never` means that it is started again. */
export function restartSchedule(name: RestartScheduleName, policy: RestartPolicy): RestartSchedule {
  if (policy === 'never') return NEVER;
  return name === 'iot-edge' ? IOT_EDGE : GATEHOUSE;
}
