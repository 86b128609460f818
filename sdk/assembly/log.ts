import * as host from './imports/log';
import { encodeToScratch, scratchOf } from './utf8';

/**
 * Log lines of a module. They are not part of an event's transaction [ABI-3.6]: what was logged before a trap stays in
 * the log. The host drops and counts lines above the module's limit.
 *
 * ```ts
 * import { log } from '@gatehouse/sdk';
 *
 * export function report(pressure: f64): void {
 *   if (pressure > 90) log.warning(`pressure is ${pressure} bar`);
 * }
 * ```
 */
export namespace log {
  /** Something failed that needs a person. */
  export function error(text: string): void {
    write(3, text);
  }

  /** Something is wrong that the module deals with itself. */
  export function warning(text: string): void {
    write(4, text);
  }

  /** Something worth knowing happened. */
  export function info(text: string): void {
    write(6, text);
  }

  /** Detail for whoever looks for a fault. */
  export function debug(text: string): void {
    write(7, text);
  }

  function write(level: i32, text: string): void {
    const bytes = encodeToScratch(text);
    host.write(level, scratchOf(0), bytes);
  }
}
