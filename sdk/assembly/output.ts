import { Message } from './events/message';
import * as host from './imports/message';
import { JsonWriter } from './json/json-writer';
import { Properties } from './properties';
import { encodeToScratch, scratchOf } from './utf8';

/**
 * A named output, on which messages are emitted [ABI-4.3]. Make it once, as a field of the module or a global; the host
 * is asked for its id at the first emit.
 *
 * Every emit returns a `Status`: `Ok` means queued if the event commits, `Limit` that body and properties are too large,
 * `Full` that a receiver that may pause its producers has no room, `Invalid` that a property is not allowed, `NotFound`
 * that the module's description does not list the output.
 *
 * ```ts
 * import { clock, JsonWriter, Output, Status } from '@gatehouse/sdk';
 *
 * const telemetry = new Output('telemetry');
 * const json = new JsonWriter();
 *
 * export function publish(pressure: f64): void {
 *   telemetry.emitJson(json.clear().set('time', clock.time()).set('pressure', pressure));
 * }
 *
 * export function publishImage(image: Uint8Array): bool {
 *   return telemetry.emitBytes(image) == Status.Ok;
 * }
 *
 * export function publishSamples(samples: StaticArray<f32>): i32 {
 *   return telemetry.emitRaw(0, 0, 0, changetype<usize>(samples), samples.length * 4);
 * }
 * ```
 */
export class Output {
  private id: i32 = -1;

  /** Names the output: 1 to 128 bytes of `A-Z a-z 0-9 . _ -`, one that the module's description lists if it lists any. */
  constructor(readonly name: string) {}

  /** Emits what the writer holds, closed, as JSON: content type and encoding are set. */
  emitJson(body: JsonWriter, properties: Properties | null = null): i32 {
    body.finish();
    return this.emit(1, properties, body.pointer, body.byteLength);
  }

  /** Emits a text in UTF-8. */
  emitText(body: string, properties: Properties | null = null): i32 {
    const id = this.resolve();
    if (id < 0) return id;
    const bytes = encodeToScratch(body);
    return this.emit(0, properties, scratchOf(0), bytes);
  }

  /** Emits bytes as they are. */
  emitBytes(body: Uint8Array, properties: Properties | null = null): i32 {
    return this.emit(0, properties, body.dataStart, body.byteLength);
  }

  /** Emits the message at hand again, properties and body unchanged and without a copy inside the module. */
  forward(message: Message): i32 {
    return this.emitRaw(
      message.flags & 1,
      message.propertiesPointer,
      message.propertiesBytes,
      message.bodyPointer,
      message.bodyBytes,
    );
  }

  /**
   * Emits from memory. Flag bit 0 says that the body is JSON in UTF-8.
   *
   * @unsafe The properties must be a property block; both ranges must lie in memory, or `Invalid` is returned.
   */
  emitRaw(flags: i32, properties: usize, propertiesBytes: i32, body: usize, bodyBytes: i32): i32 {
    const id = this.resolve();
    if (id < 0) return id;
    return host.emit(id, flags, properties, propertiesBytes, body, bodyBytes);
  }

  private emit(flags: i32, properties: Properties | null, body: usize, bodyBytes: i32): i32 {
    if (properties === null) return this.emitRaw(flags, 0, 0, body, bodyBytes);
    return this.emitRaw(flags, properties.pointer, properties.byteLength, body, bodyBytes);
  }

  private resolve(): i32 {
    if (this.id < 0) {
      const bytes = encodeToScratch(this.name);
      this.id = host.output(scratchOf(0), bytes);
    }
    return this.id;
  }
}
