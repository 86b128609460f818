import { hrtime } from 'node:process';

/** What the leaves offer: one service with one characteristic that notifies. */
export const SERVICE = 'fff0';
export const NOTIFIED = 'fff3';

// What a leaf notifies, little-endian; `sent` is when it hands this to its stack, on the clock of `machineMs`.
//
//  0          1              5                    13
//  +----------+--------------+--------------------+
//  | phase u8 | number u32   | sent f64 ms        |
//  +----------+--------------+--------------------+
export const NOTIFICATION_BYTES = 13;

export interface Notification {
  readonly phase: number;
  /** From 0 in each phase. */
  readonly number: number;
  readonly sentMs: number;
}

export function encodeNotification({ phase, number, sentMs }: Notification): Buffer {
  const bytes = Buffer.alloc(NOTIFICATION_BYTES);
  bytes.writeUInt8(phase, 0);
  bytes.writeUInt32LE(number, 1);
  bytes.writeDoubleLE(sentMs, 5);
  return bytes;
}

export function decodeNotification(bytes: Buffer): Notification {
  return { phase: bytes.readUInt8(0), number: bytes.readUInt32LE(1), sentMs: bytes.readDoubleLE(5) };
}

/** The monotonic clock of the machine, which all processes and the events of modules share. */
export function machineMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
