/** Exception codes that the server answers with, by their meaning here. */
export const EXCEPTION = {
  /** A function that it does not have. */
  illegalFunction: 1,
  /** An address that no module offers or accepts, or that two do in part. */
  illegalAddress: 2,
  /** A count, length or value that the function does not have. */
  illegalValue: 3,
  /** As many writes wait for the module already as may. */
  busy: 6,
  /** A unit id that is none of the server. */
  noPath: 10,
  /** The module is down, or has not set the value for too long. */
  noTarget: 11,
} as const;

export type ExceptionCode = (typeof EXCEPTION)[keyof typeof EXCEPTION];
