/** How urgent a request is among those that wait for a device or line; a higher one goes first. */
export type Priority = 0 | 1 | 2;

export const LOW: Priority = 0;
/** Also that of what modules read themselves. */
export const NORMAL: Priority = 1;
export const HIGH: Priority = 2;

/** Priorities as the configuration of a poll names them, the highest first. */
export const PRIORITY_NAMES = ['high', 'normal', 'low'] as const;
export type PriorityName = (typeof PRIORITY_NAMES)[number];

export const PRIORITIES: Readonly<Record<PriorityName, Priority>> = { high: HIGH, normal: NORMAL, low: LOW };

/** Whoever has waited for so long is one priority higher, so that none waits for ever. */
export const AGE_STEP_MS = 1_000;

/** Priority of somebody who has waited since then. */
export const agedPriority = (priority: Priority, waitedMs: number): Priority =>
  Math.min(HIGH, priority + Math.floor(waitedMs / AGE_STEP_MS)) as Priority;
