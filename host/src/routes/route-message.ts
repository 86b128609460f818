import type { JsonValue } from '../json/value.ts';

/** What a condition may read of a message. */
export interface RouteMessage {
  /** An application property; names compare without regard to the case of ASCII letters. Undefined if there is none. */
  property(name: string): string | undefined;
  /** A system property; `name` is spelled as in `SYSTEM_PROPERTIES` if it is one of these, however the route spells it. */
  system(name: string): string | undefined;
  /**
   * The body as JSON; undefined if it is not JSON or not said to be (`decodeRouteBody`). A route calls it at most once for
   * each evaluation and only when its condition comes to need it; the message keeps what it parsed for the next route.
   */
  body(): JsonValue | undefined;
  /** The body of a twin change notification, `{ "properties": { "reported": ... } }`. Without this function `body` is read. */
  twinChange?(): JsonValue | undefined;
}
