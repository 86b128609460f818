/** A client that has connected, as the server sees it. */
export interface Peer {
  /** Its address alone, an IPv4 address in its own form. */
  readonly address: string;
  /** Address and port. */
  readonly name: string;
  /** Bytes written that have not left. */
  readonly backlogBytes: number;
  write(bytes: Uint8Array): void;
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes in order, after what was written. */
  end(): void;
  /** Closes at once. */
  reset(): void;
}

export interface PeerEvents {
  /** Valid during the call. */
  received(bytes: Uint8Array): void;
  /** The last event, once. */
  closed(): void;
}

export interface ListenerEvents {
  listening(port: number): void;
  /** A client is there; undefined: it is not wanted, and has been reset. */
  connected(peer: Peer): PeerEvents | undefined;
  /** Cannot listen, or no longer. The last event, once; not after `close`. */
  failed(error: Error): void;
}

/** Stops listening. Clients that are connected stay. */
export interface Listener {
  close(): void;
}

export type OpenListener = (host: string, port: number, events: ListenerEvents) => Listener;
