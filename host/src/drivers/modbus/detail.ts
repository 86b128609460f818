/**
 * Details of answers. 1 to 255 is the exception code of the device; from 256 on it is what happened to the connection.
 */
export const DETAIL = {
  none: 0,
  /** Not sent: the device is not connected. */
  notConnected: 256,
  /** Sent, and the connection ended before the answer. */
  connectionLost: 257,
  /** Sent, and what came is not an answer to it. */
  badAnswer: 258,
  /** Sent, and nothing came in time. */
  noAnswer: 259,
  /** Sent to all units of a line, which do not answer. */
  broadcast: 260,
  /** A device that says more of itself than the gateway takes. */
  tooLong: 261,
} as const;

/**
 * Exception codes after which a write may have taken effect all the same: server device failure (an error while it was
 * being done), acknowledge (accepted, takes long), gateway target device failed to respond.
 */
const UNCERTAIN_EXCEPTIONS: readonly number[] = [4, 5, 11];

/** Whether a device that refused a write with this exception may have done it. */
export const mayHaveTakenEffect = (exception: number): boolean => UNCERTAIN_EXCEPTIONS.includes(exception);
