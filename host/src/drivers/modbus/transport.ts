/** A connection to a device as the link sees it. All events come after `open` has returned. */
export interface Transport {
  /** Hands bytes to the operating system at once; they are not touched again before the peer has answered. */
  write(bytes: Uint8Array): void;
  /** Closes in order. */
  end(): void;
  /** Closes at once and discards what the operating system has not delivered yet. */
  reset(): void;
}

export interface TransportEvents {
  connected(): void;
  /** The first `length` bytes of `bytes` came; valid during the call. */
  received(bytes: Uint8Array, length: number): void;
  /** Could not be opened, or ended. The last event, once. */
  closed(error: Error | undefined): void;
}

export type OpenTransport = (host: string, port: number, events: TransportEvents) => Transport;
