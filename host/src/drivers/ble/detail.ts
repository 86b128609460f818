import type { LinkLoss } from './central/gatt-link.ts';

/** Details of answers. 1 to 255 is the error code of the device; from 256 on it is what happened to the link. */
export const DETAIL = {
  none: 0,
  /** There is no link. */
  notConnected: 256,
  /** Asked, and the link ended before the answer. */
  connectionLost: 257,
  /** What the device sent breaks the rules of the protocol. */
  badAnswer: 258,
  /** Asked, and nothing came in time. */
  noAnswer: 259,
  /** A write that no device answers. */
  noResponse: 260,
  /** The value is longer than the link, or any value, may be. */
  tooLong: 261,
  /** Another device has its turn on the link. */
  turn: 262,
} as const;
export type Detail = (typeof DETAIL)[keyof typeof DETAIL];

/** The detail for the end of a link. */
export const DETAIL_OF_LOSS: Readonly<Record<LinkLoss, Detail>> = {
  timeout: DETAIL.noAnswer,
  closed: DETAIL.connectionLost,
  violation: DETAIL.badAnswer,
  turn: DETAIL.turn,
  radio: DETAIL.connectionLost,
};
