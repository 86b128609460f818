/** Access to one serial port. */
export interface SerialGrant {
  /** Name of a device of the gateway configuration. */
  readonly device: string;
  /** Whether it may subscribe to the frames that come in. */
  readonly read: boolean;
  /** Whether it may write; an exchange, which gets the next frame as its answer, needs nothing else. */
  readonly write: boolean;
}
