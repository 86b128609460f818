import type { LinkState } from './uplink-events.ts';

/** Figures of the uplink since its start. */
export interface UplinkStatus {
  /** Every connection that is in use is up, and there is at least one. */
  readonly connected: boolean;
  /** Messages that the hub has acknowledged. */
  readonly sent: number;
  /** Messages that wait, those in flight included, and the room they take. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Given up because the queue was full or the uplink was closing. */
  readonly dropped: number;
  readonly expired: number;
  /** Given up because they were too large, or because the hub did not want them. */
  readonly refused: number;
  /** Sent again because a connection ended before their acknowledgement. */
  readonly resent: number;
  readonly connections: readonly ConnectionStatus[];
}

export interface ConnectionStatus {
  /** Device, or device/module; the MQTT client id. */
  readonly identity: string;
  readonly state: LinkState;
  /** Why it is disconnected. */
  readonly code?: string;
  readonly reason?: string;
  readonly mqttVersion?: '3.1.1' | '5.0';
  /** Times the hub has accepted it. */
  readonly opened: number;
  readonly inFlight: number;
}
