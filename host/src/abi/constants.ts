// Numbers of the ABI; docs/abi.md is the contract and draws the layouts.

/** Kinds of event frames [ABI-5.1]. */
export const EVENT = { start: 1, message: 2, timer: 3, desired: 4, method: 5, answer: 6, stop: 7 } as const;
export type EventKind = (typeof EVENT)[keyof typeof EVENT];

/** Status codes [ABI-6]. */
export const STATUS = {
  ok: 0,
  invalid: -1,
  denied: -2,
  limit: -3,
  full: -4,
  notFound: -5,
  unavailable: -6,
  timeout: -7,
  expired: -8,
  unknown: -9,
  failed: -10,
  cancelled: -11,
} as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

export const ABI_VERSION = 1;

/** Message flag bit 0: the body is JSON in UTF-8 [ABI-4.3]. */
export const FLAG_JSON = 1;

/** Sizes of the fixed part of each frame [ABI-5]. */
export const HEADER_BYTES = 24;
export const START_BYTES = 48;
export const MESSAGE_BYTES = 56;
export const TIMER_BYTES = 32;
export const DESIRED_BYTES = 40;
export const METHOD_BYTES = 40;
export const ANSWER_BYTES = 40;
export const STOP_BYTES = 32;

export const align8 = (bytes: number): number => (bytes + 7) & ~7;
