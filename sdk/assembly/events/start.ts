import { findProperty, PropertyReader } from '../properties';
import { decode } from '../utf8';
import { align8, Event } from './event';

// ╒════════════╤══════════╤════════════╤════════════╤═════════════════╤═════╤════════════════╤═════════════╕
// │ reason u32 │ restarts │ device     │ module     │ environment     │ 0   │ device, module │ environment │
// │            │ u32      │ bytes u32  │ bytes u32  │ bytes u32       │ u32 │ text, Align8   │ block       │
// └────────────┴──────────┴────────────┴────────────┴─────────────────┴─────┴────────────────┴─────────────┘
//  24           28         32           36           40                44    48

/** Why an instance is started [ABI-5.3]. */
export const enum StartReason {
  First = 0,
  /** After a failure. */
  Restart = 1,
  /** A new version of the module. */
  Update = 2,
}

/**
 * The first event of an instance [ABI-5.3].
 *
 * ```ts
 * import { log, Module, Start, StartReason } from '@gatehouse/sdk';
 *
 * class Greeter extends Module {
 *   private unit: string = 'bar';
 *
 *   onStart(start: Start): void {
 *     const unit = start.environment('UNIT');
 *     if (unit !== null) this.unit = unit;
 *     log.info(`${start.module} on ${start.device} speaks ${this.unit}`);
 *     const all = start.environments;
 *     while (all.next()) log.debug(`${all.key}=${all.value}`);
 *     if (start.reason == StartReason.Restart) log.warning(`failed ${start.restarts} times`);
 *   }
 * }
 * ```
 */
@unmanaged
export class Start extends Event {
  /** One of `StartReason`. */
  readonly reason: u32;
  /** Failures since the module last ran well. */
  readonly restarts: u32;
  private readonly deviceBytes: u32;
  private readonly moduleBytes: u32;
  private readonly environmentBytes: u32;
  private readonly reserved: u32;

  /** Name of the gateway. */
  get device(): string {
    return decode(changetype<usize>(this) + 48, this.deviceBytes);
  }

  /** Name of the module in its deployment. */
  get module(): string {
    return decode(changetype<usize>(this) + 48 + this.deviceBytes, this.moduleBytes);
  }

  /** Value of an environment variable of the deployment, or null if it has none of that name. */
  environment(name: string): string | null {
    return findProperty(this.environmentBlock, this.environmentBytes, name);
  }

  /** All environment variables in the order of the deployment. */
  get environments(): PropertyReader {
    return new PropertyReader(this.environmentBlock, this.environmentBytes);
  }

  private get environmentBlock(): usize {
    return changetype<usize>(this) + 48 + align8(this.deviceBytes + this.moduleBytes);
  }
}
