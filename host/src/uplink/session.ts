/** MQTT 3.1.1 is 4 on the wire. */
export type ProtocolVersion = 4 | 5;

/** What the hub said when it accepted a connection. */
export interface Greeting {
  /** It takes telemetry of all identities of the gateway over the connection of the device. */
  readonly isShared: boolean;
  /** The most messages it wants in flight. */
  readonly receiveMaximum: number;
  /** The largest packet it takes, in bytes. */
  readonly packetBytesMax: number;
}

/**
 * How the hub answered a message: it has it; it does not want it, with its code; or it cannot take it now, so that the
 * connection should end and the message be sent again.
 */
export type Acknowledgement =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | { readonly kind: 'busy'; readonly reason: string };

/** One accepted MQTT connection, from CONNACK to the end of its socket. */
export interface Session {
  readonly greeting: Greeting;
  /** Resolves when the socket is gone, with the reason unless we asked for it. Never rejects. */
  readonly closed: Promise<unknown>;
  /** Sends with QoS 1. `done` is called at most once, and not any more after the session is closed. */
  publish(topic: string, body: Buffer, done: (acknowledgement: Acknowledgement) => void): void;
  /** Says DISCONNECT and closes; call it with nothing in flight. */
  end(): void;
  /** Destroys the socket; the cause becomes that of `closed`. */
  destroy(cause?: unknown): void;
}

export interface SessionRequest {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly version: ProtocolVersion;
  readonly keepAliveSeconds: number;
}
