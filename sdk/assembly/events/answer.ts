import { Event } from './event';

// ╒═════════════╤════════════╤════════════╤═══════════════╤═════════╕
// │ request u32 │ status i32 │ detail i32 │ payload bytes │ payload │
// │             │            │            │ u32           │         │
// └─────────────┴────────────┴────────────┴───────────────┴─────────┘
//  24            28           32           36              40

/**
 * The answer to a device request [ABI-5.8]: match `request` with what the request returned. What the detail and the
 * payload mean belongs to the driver; for Modbus see `ModbusReading`.
 */
@unmanaged
export class Answer extends Event {
  /** Id that the request returned. */
  readonly request: u32;
  /** One of `Status`. */
  readonly status: i32;
  /** The driver's own code, such as a Modbus exception code with status `Failed`. */
  readonly detail: i32;
  /** Length of the payload in bytes. */
  readonly payloadBytes: u32;

  /** Whether the device did what was asked. */
  get isOk(): bool {
    return this.status == 0;
  }

  /** Where the payload begins, in the inbox. */
  get payloadPointer(): usize {
    return changetype<usize>(this) + 40;
  }
}
