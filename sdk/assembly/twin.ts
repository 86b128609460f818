import * as host from './imports/twin';
import { JsonWriter } from './json/json-writer';

/** The module's twin: desired properties arrive in `Module.onDesired`, reported ones are written here. */
export namespace twin {
  /**
   * Merges an object into the reported properties [ABI-4.8]; `setNull` removes. `Invalid` or `Limit` if it breaks the size
   * and key rules of a twin.
   *
   * ```ts
   * import { JsonWriter, twin } from '@gatehouse/sdk';
   *
   * export function report(state: string): void {
   *   twin.report(JsonWriter.object().set('state', state));
   * }
   * ```
   */
  export function report(patch: JsonWriter): i32 {
    patch.finish();
    return host.report(patch.pointer, patch.byteLength);
  }
}
