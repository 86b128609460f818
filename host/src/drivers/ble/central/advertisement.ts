import type { PeerAddress } from '../address.ts';

/** What a radio heard once from a device that advertises. */
export interface Advertisement extends PeerAddress {
  /** Strength in dBm; 127 when the controller does not know. */
  readonly rssi: number;
  readonly isConnectable: boolean;
  /** Whether it is what a device adds when it is asked by an active scan. */
  readonly isScanResponse: boolean;
  /** The AD structures as they came; owned by the receiver. */
  readonly data: Uint8Array;
}
