import { JsonValue, parseInPlace } from '../json/json-value';
import { Event } from './event';

// ╒══════════════╤════════════╤═════════════╤════════════╕
// │ complete u32 │ body bytes │ version u64 │ body, JSON │
// │              │ u32        │             │            │
// └──────────────┴────────────┴─────────────┴────────────┘
//  24             28           32            40

/**
 * Desired properties of the module's twin [ABI-5.6]: all of them after the start, later what changed.
 *
 * ```ts
 * import { Desired, log, Module } from '@gatehouse/sdk';
 *
 * class Limits extends Module {
 *   private high: f64 = 90;
 *
 *   onDesired(desired: Desired): void {
 *     if (desired.complete) this.high = 90;
 *     const high = desired.body.get('high');
 *     if (high.exists) this.high = high.f64(90);
 *     log.info(`version ${desired.version}`);
 *   }
 * }
 * ```
 */
@unmanaged
export class Desired extends Event {
  private readonly completeFlag: u32;
  private readonly bodyBytes: u32;
  /** Version of the desired properties, 0 if the hub never sent any. */
  readonly version: u64;

  /** Whether these are all desired properties, so that what the module knew before is void; else a patch to merge. */
  get complete(): bool {
    return this.completeFlag != 0;
  }

  /** A JSON object; in a patch, null removes. Valid until the handler returns. */
  get body(): JsonValue {
    return parseInPlace(changetype<usize>(this) + 40, this.bodyBytes);
  }
}
