import * as host from '../imports/message';
import { JsonValue, parseInPlace } from '../json/json-value';
import { findProperty, PropertyReader } from '../properties';
import { decode, scratchOf } from '../utf8';
import { align8, Event } from './event';

// ╒═══════════╤════════════╤══════════════╤═════════════╤════════════╤═══════════╤════════════╤════════╕
// │ input u32 │ source u32 │ sequence u64 │ emitted f64 │ properties │ body      │ properties │ body   │
// │           │            │              │             │ bytes u32  │ bytes u32 │            │ Align8 │
// └───────────┴────────────┴──────────────┴─────────────┴────────────┴───────────┴────────────┴────────┘
//  24          28           32             40            48           52          56

/**
 * A message on an input [ABI-5.4].
 *
 * ```ts
 * import { Message, Module, log } from '@gatehouse/sdk';
 *
 * class Watch extends Module {
 *   onMessage(message: Message): void {
 *     const pressure = message.json().get('pressure').f64();
 *     if (pressure > 90) log.warning(`${pressure} bar from ${message.sourceName}`);
 *   }
 * }
 * ```
 *
 * Bodies that are not JSON, and properties:
 *
 * ```ts
 * import { log, Message, Module } from '@gatehouse/sdk';
 *
 * class Line extends Module {
 *   private last: Uint8Array = new Uint8Array(0);
 *
 *   onMessage(message: Message): void {
 *     const unit = message.property('unit');
 *     if (message.property('$.ct') == 'text/plain') log.info(message.text + (unit === null ? '' : ` ${unit}`));
 *     else this.last = message.bytes;
 *     if (message.hops > 1 || message.isJson) log.debug(`${message.sequence} of source ${message.source}`);
 *   }
 * }
 * ```
 */
@unmanaged
export class Message extends Event {
  /** Id of the input; compare with `Input.is`. */
  readonly input: u32;
  /** Id of the sender; equal for messages of the same sender. */
  readonly source: u32;
  /** Counts the messages of this sender from 1. */
  readonly sequence: u64;
  /** The sender's time when it emitted the message, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly emitted: f64;
  /** Length of the property block in bytes. */
  readonly propertiesBytes: u32;
  /** Length of the body in bytes. */
  readonly bodyBytes: u32;

  /** Whether the sender said that the body is JSON in UTF-8. */
  get isJson(): bool {
    return (this.flags & 1) != 0;
  }

  /** Where the property block begins, in the inbox. */
  get propertiesPointer(): usize {
    return changetype<usize>(this) + 56;
  }

  /** Where the body begins, in the inbox. */
  get bodyPointer(): usize {
    return this.propertiesPointer + align8(this.propertiesBytes);
  }

  /** Value of a property, or null if the message has none of that name. System properties begin with `$.`. */
  property(name: string): string | null {
    return findProperty(this.propertiesPointer, this.propertiesBytes, name);
  }

  /** All properties in the order in which they were set. */
  get properties(): PropertyReader {
    return new PropertyReader(this.propertiesPointer, this.propertiesBytes);
  }

  /** The body as text; malformed UTF-8 becomes U+FFFD. */
  get text(): string {
    return decode(this.bodyPointer, this.bodyBytes);
  }

  /** A copy of the body, which may be kept. */
  get bytes(): Uint8Array {
    const copy = new Uint8Array(this.bodyBytes);
    memory.copy(copy.dataStart, this.bodyPointer, this.bodyBytes);
    return copy;
  }

  /**
   * The body as JSON, whatever `isJson` says. If it is not valid JSON the value is missing: `exists` is false and every
   * read gives its default. The body is checked once a call, so call it once a message. Valid until the handler returns.
   */
  json(): JsonValue {
    return parseInPlace(this.bodyPointer, this.bodyBytes);
  }

  /** Name of the sender as the host stamped it: `device/module/output`, or `device` for a leaf device [ABI-4.4]. */
  get sourceName(): string {
    let bytes = host.source(this.source, scratchOf(256), 256);
    if (bytes > 256) bytes = host.source(this.source, scratchOf(bytes), bytes);
    return decode(scratchOf(0), max(bytes, 0));
  }
}
