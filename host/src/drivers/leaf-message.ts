import type { Property } from '../abi/properties.ts';
import type { ErrorCode } from '../errors.ts';
import type { DriverEvents } from './driver.ts';

/** A message that a leaf device sends by itself, on its way into the routes. */
export interface LeafMessage {
  /** Who sent it: `$connectionDeviceId` in conditions, and all that `message.source` says [ABI-4.4]. */
  readonly leaf: string;
  /** Without system properties; within the limits of [ABI-4.5]. */
  readonly properties: readonly Property[];
  /** Must not change any more. */
  readonly body: Uint8Array;
}

/**
 * Tries to put a message into everything that its routes lead to: true when that is done, false while an input of policy
 * `wait` has no room for it; then nothing has it, and it is to be tried again. Not called any more after it was true.
 */
export type SendMessage = () => boolean;

/** What a driver of leaf devices that send by themselves tells the rest of the host. */
export interface LeafEvents extends DriverEvents {
  /** Prepares a message for its routes; what is returned sends it. */
  message(message: LeafMessage): SendMessage;
  /** A leaf device did what none does that is healthy and known; so often since it was told last. */
  attacked(leaf: string, code: ErrorCode, text: string, count: number): void;
}
