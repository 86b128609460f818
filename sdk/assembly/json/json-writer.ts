import { decode, encode } from '../utf8';
import { formatInteger, formatNumber, NUMBER_BYTES } from './format-number';
import { JsonValue } from './json-value';

/** Deepest nesting that is written. */
const WRITER_DEPTH: i32 = 63;

/**
 * Writes a JSON text as UTF-8 bytes, without making strings. A new or cleared writer begins with an open object; open
 * objects and arrays are closed when the text is used (`emitJson`, `report`, `respond`, `toString`). Reuse one writer for
 * all messages of a kind: `clear` keeps its memory.
 *
 * Values are numbers of any type, `bool`, `string`, and nullable strings. NaN and the infinities, which JSON does not
 * have, become null. Numbers read back as exactly the same value; whole numbers of 64 bits are written with all digits. A
 * lone surrogate in a string becomes U+FFFD. Writing more than 63 levels deep, or a member into an array, aborts.
 *
 * ```ts
 * import { JsonWriter, Output } from '@gatehouse/sdk';
 *
 * const statistics = new Output('statistics');
 * const json = new JsonWriter();
 *
 * export function publish(mean: f64, latest: Array<f64>): void {
 *   json.clear().set('device', 'pump').set('mean', mean).array('latest');
 *   for (let index = 0; index < latest.length; index++) json.add(latest[index]);
 *   json.end().set('count', latest.length).object('window').set('seconds', 10);
 *   statistics.emitJson(json); // {"device":"pump","mean":1.5,"latest":[1,2],"count":2,"window":{"seconds":10}}
 * }
 * ```
 *
 * Arrays, null, and values passed on as they were read:
 *
 * ```ts
 * import { JsonValue, JsonWriter, log } from '@gatehouse/sdk';
 *
 * export function wrap(value: JsonValue): void {
 *   const json = JsonWriter.object().setNull('error').setValue('value', value);
 *   json.array('rows').addObject().set('x', 1).end().addArray().add('a').addNull().addValue(value).end();
 *   log.debug(json.toString()); // {"error":null,"value":[1],"rows":[{"x":1},["a",null,[1]]]} for [1]
 *   const bytes = json.clearToArray().add(1.5).finish().byteLength;
 *   log.debug(`${bytes} bytes`); // 5 bytes
 * }
 * ```
 */
export class JsonWriter {
  private buffer: ArrayBuffer = new ArrayBuffer(128);
  private size: i32 = 0;
  /** Open containers, one bit each from the innermost at bit 0: 1 for an object. */
  private nesting: u64 = 0;
  private depth: i32 = 0;
  private comma: bool = false;

  /** A writer with an open object. */
  constructor() {
    this.open(0x7b, 1);
  }

  /** A new writer; shorter than `new JsonWriter()` in a chain. */
  static object(): JsonWriter {
    return new JsonWriter();
  }

  /** Empties the writer and opens an object. */
  clear(): this {
    this.empty();
    this.open(0x7b, 1);
    return this;
  }

  /** Empties the writer and opens an array instead of an object. */
  clearToArray(): this {
    this.empty();
    this.open(0x5b, 0);
    return this;
  }

  /** Writes a member of the open object. Keys are not checked for repetition. */
  set<T>(key: string, value: T): this {
    this.key(key);
    this.value<T>(value);
    return this;
  }

  /** Writes a member that is null. */
  setNull(key: string): this {
    this.key(key);
    this.word(0x6c6c756e);
    return this;
  }

  /** Writes a member with a value that was read, as it stands in its text; null if it is missing. */
  setValue(key: string, value: JsonValue): this {
    this.key(key);
    this.copy(value);
    return this;
  }

  /** Opens an object as a member of the open object. */
  object(key: string): this {
    this.key(key);
    this.open(0x7b, 1);
    return this;
  }

  /** Opens an array as a member of the open object. */
  array(key: string): this {
    this.key(key);
    this.open(0x5b, 0);
    return this;
  }

  /** Writes an element of the open array. */
  add<T>(value: T): this {
    this.element();
    this.value<T>(value);
    return this;
  }

  /** Writes an element that is null. */
  addNull(): this {
    this.element();
    this.word(0x6c6c756e);
    return this;
  }

  /** Writes an element with a value that was read, as it stands in its text; null if it is missing. */
  addValue(value: JsonValue): this {
    this.element();
    this.copy(value);
    return this;
  }

  /** Opens an object as an element of the open array. */
  addObject(): this {
    this.element();
    this.open(0x7b, 1);
    return this;
  }

  /** Opens an array as an element of the open array. */
  addArray(): this {
    this.element();
    this.open(0x5b, 0);
    return this;
  }

  /** Closes the innermost open object or array. */
  end(): this {
    assert(this.depth > 0, 'nothing is open');
    this.put((this.nesting & 1) != 0 ? 0x7d : 0x5d);
    this.nesting >>= 1;
    this.depth--;
    this.comma = true;
    return this;
  }

  /** Closes everything that is open. */
  finish(): this {
    while (this.depth > 0) this.end();
    return this;
  }

  /** The text so far as UTF-8; valid until the next write. */
  get pointer(): usize {
    return changetype<usize>(this.buffer);
  }

  /** Length of the text so far, in bytes. */
  get byteLength(): i32 {
    return this.size;
  }

  /** Closes everything and returns the text as a string. */
  toString(): string {
    this.finish();
    return decode(this.pointer, this.size);
  }

  private empty(): void {
    this.size = 0;
    this.depth = 0;
    this.nesting = 0;
    this.comma = false;
  }

  private open(bracket: u32, isObject: u64): void {
    assert(this.depth < WRITER_DEPTH, 'too deep');
    this.put(bracket);
    this.nesting = (this.nesting << 1) | isObject;
    this.depth++;
    this.comma = false;
  }

  private key(key: string): void {
    assert(this.depth > 0 && (this.nesting & 1) != 0, 'no object is open');
    this.separate();
    this.text(key);
    this.put(0x3a);
  }

  private element(): void {
    assert(this.depth > 0 && (this.nesting & 1) == 0, 'no array is open');
    this.separate();
  }

  private separate(): void {
    if (this.comma) this.put(0x2c);
    this.comma = true;
  }

  private value<T>(value: T): void {
    if (isString<T>()) {
      if (isNullable<T>() && changetype<usize>(value) == 0) this.word(0x6c6c756e);
      else this.text(changetype<string>(value));
    } else if (isBoolean<T>()) {
      if (value) this.word(0x65757274);
      else {
        this.put(0x66);
        this.word(0x65736c61);
      }
    } else if (isFloat<T>()) {
      this.float(<f64>value);
    } else if (isInteger<T>()) {
      if (isSigned<T>() && value < 0) {
        this.put(0x2d);
        this.integer(0 - <u64>(<i64>value));
      } else this.integer(<u64>value);
    } else {
      ERROR('JSON values are numbers, bool and string; for values that were read there are setValue and addValue');
    }
  }

  private float(value: f64): void {
    if (!isFinite(value)) {
      this.word(0x6c6c756e);
      return;
    }
    this.size += formatNumber(this.reserve(NUMBER_BYTES), value);
  }

  private integer(value: u64): void {
    this.size += formatInteger(this.reserve(NUMBER_BYTES), value);
  }

  private copy(value: JsonValue): void {
    const bytes = value.byteLength;
    if (bytes == 0) {
      this.word(0x6c6c756e);
      return;
    }
    memory.copy(this.reserve(bytes), changetype<usize>(value), bytes);
    this.size += bytes;
  }

  private text(text: string): void {
    const units = text.length;
    // Six bytes a code unit is the worst case: \u00xx.
    const start = this.reserve(units * 6 + 2);
    let at = start;
    store<u8>(at++, 0x22);
    let plain = 0;
    for (let index = 0; index < units; index++) {
      const c: u32 = text.charCodeAt(index);
      if (c >= 0x20 && c != 0x22 && c != 0x5c) {
        if (c < 0x80) {
          store<u8>(at++, c);
          continue;
        }
        plain = index;
        do index++;
        while (index < units && text.charCodeAt(index) >= 0x80);
        at += encode(changetype<string>(changetype<usize>(text) + ((<usize>plain) << 1)), at, index - plain);
        index--;
        continue;
      }
      store<u8>(at++, 0x5c);
      const short: u32 = c == 10 ? 0x6e : c == 13 ? 0x72 : c == 9 ? 0x74 : c >= 0x20 ? c : 0;
      if (short != 0) {
        store<u8>(at++, short);
        continue;
      }
      store<u32>(at, 0x30303075);
      at += 3;
      store<u8>(at++, 0x30 + (c >> 4));
      store<u8>(at++, (c & 15) < 10 ? 0x30 + (c & 15) : 0x57 + (c & 15));
    }
    store<u8>(at++, 0x22);
    this.size += <i32>(at - start);
  }

  /** Four characters at once, little-endian. */
  private word(characters: u32): void {
    store<u32>(this.reserve(4), characters);
    this.size += 4;
  }

  private put(character: u32): void {
    store<u8>(this.reserve(1), character);
    this.size++;
  }

  /** Makes room for `bytes` more and returns where they go. */
  private reserve(bytes: i32): usize {
    const needed = this.size + bytes;
    if (needed > this.buffer.byteLength) {
      const room = max(needed, this.size << 1);
      this.buffer = changetype<ArrayBuffer>(__renew(changetype<usize>(this.buffer), room));
    }
    return changetype<usize>(this.buffer) + this.size;
  }
}
