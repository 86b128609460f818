import { encode } from '../utf8';
import { stringEquals, stringOf } from './json-text';
import { parseNumber } from './parse-number';
import { checkValue, JSON_DEPTH, skipSpace, skipString, skipValue } from './scan';

/** What a JSON value is. */
export const enum JsonKind {
  /** There is no such value, or the text is not valid JSON. */
  Missing = 0,
  Null = 1,
  Boolean = 2,
  Number = 3,
  String = 4,
  Array = 5,
  Object = 6,
}

/**
 * A value in a JSON text. It is no copy but a place in the checked text, so that reading a message allocates nothing
 * but the strings asked for. It must not be kept beyond the handler; what `text` and the numbers return may be.
 *
 * Reading never fails: a value that is missing or of another kind gives the default, and `get` and `at` of a missing
 * value are missing too. Where an object has a key twice, the last one counts, as in JavaScript.
 *
 * ```ts
 * import { JsonKind, JsonValue, Message } from '@gatehouse/sdk';
 *
 * export function mean(message: Message): f64 {
 *   let sum: f64 = 0;
 *   let count: i32 = 0;
 *   const values = message.json().get('device').get('values');
 *   for (let value = values.first(); value.exists; value = value.next()) {
 *     sum += value.f64(0);
 *     count++;
 *   }
 *   return sum / count;
 * }
 *
 * export function isAlarm(value: JsonValue): bool {
 *   return value.get('level').equals('alarm') && !value.get('cleared').bool();
 * }
 *
 * export function describe(value: JsonValue): string {
 *   if (value.isObject || value.isArray) return `${value.length} in ${value.byteLength} bytes`;
 *   if (value.isString) return value.text();
 *   if (value.isNumber) return value.i64(-1).toString();
 *   return value.isNull ? 'nothing' : value.kind == JsonKind.Missing ? 'missing' : value.bool().toString();
 * }
 *
 * export function second(text: string): i32 {
 *   return JsonValue.fromText(text).at(1).i32(); // 20 for '[10, 20]', 0 for '[10]'
 * }
 * ```
 */
@unmanaged
export class JsonValue {
  /** Checks a text and returns its value, missing if it is not valid JSON. Valid until the handler returns. */
  static fromText(text: string): JsonValue {
    const copy = changetype<usize>(new ArrayBuffer(text.length * 3 + 8));
    return parseInPlace(copy, encode(text, copy));
  }

  /** One of `JsonKind`. */
  get kind(): JsonKind {
    if (!this.exists) return JsonKind.Missing;
    switch (load<u8>(this.place)) {
      case 0x7b:
        return JsonKind.Object;
      case 0x5b:
        return JsonKind.Array;
      case 0x22:
        return JsonKind.String;
      case 0x74:
      case 0x66:
        return JsonKind.Boolean;
      case 0x6e:
        return JsonKind.Null;
    }
    return JsonKind.Number;
  }

  /** Whether there is a value here. */
  get exists(): bool {
    return this.place != 0;
  }

  /** Whether the value is there and is null. */
  get isNull(): bool {
    return this.byte == 0x6e;
  }

  /** Whether the value is an object. */
  get isObject(): bool {
    return this.byte == 0x7b;
  }

  /** Whether the value is an array. */
  get isArray(): bool {
    return this.byte == 0x5b;
  }

  /** Whether the value is a string. */
  get isString(): bool {
    return this.byte == 0x22;
  }

  /** Whether the value is a number. */
  get isNumber(): bool {
    const byte = this.byte;
    return byte - 0x30 < 10 || byte == 0x2d;
  }

  /** The member of that name of an object. */
  get(name: string): JsonValue {
    let found = missing();
    for (let member = this.members(); member.exists; member = member.next()) {
      if (stringEquals(changetype<usize>(member), name)) found = member.value;
    }
    return found;
  }

  /** The element at that index of an array, from 0. */
  at(index: i32): JsonValue {
    let element = index < 0 ? missing() : this.first();
    while (index-- > 0 && element.exists) element = element.next();
    return element;
  }

  /** Number of elements of an array or members of an object, counted at each call; 0 for anything else. */
  get length(): i32 {
    let count: i32 = 0;
    if (this.isObject) for (let member = this.members(); member.exists; member = member.next()) count++;
    else for (let element = this.first(); element.exists; element = element.next()) count++;
    return count;
  }

  /** The first element of an array; go on with `next`. */
  first(): JsonValue {
    if (!this.isArray) return missing();
    const at = skipSpace(this.place + 1);
    return load<u8>(at) == 0x5d ? missing() : changetype<JsonValue>(at);
  }

  /** The element behind this one in its array. Only for what `first` and `next` returned. */
  next(): JsonValue {
    return changetype<JsonValue>(following(this.place));
  }

  /** The first member of an object; go on with its `next`. */
  members(): JsonMember {
    if (!this.isObject) return changetype<JsonMember>(0);
    const at = skipSpace(this.place + 1);
    return load<u8>(at) == 0x7d ? changetype<JsonMember>(0) : changetype<JsonMember>(at);
  }

  /** The number, correctly rounded. */
  f64(otherwise: f64 = NaN): f64 {
    return this.isNumber ? parseNumber(this.place) : otherwise;
  }

  /** The number if it is whole and in the range of the type; 1.0 and 1e3 are whole. */
  i32(otherwise: i32 = 0): i32 {
    const value = this.f64();
    const whole = <i32>value;
    return <f64>whole == value ? whole : otherwise;
  }

  /** The number if it is whole and at most 2^53 - 1 either way, where every whole number is exact. */
  i64(otherwise: i64 = 0): i64 {
    const value = this.f64();
    return Math.abs(value) <= 9007199254740991.0 && <f64>(<i64>value) == value ? <i64>value : otherwise;
  }

  /** The truth value. */
  bool(otherwise: bool = false): bool {
    const byte = this.byte;
    return byte == 0x74 ? true : byte == 0x66 ? false : otherwise;
  }

  /** The string, a new one, without escapes. */
  text(otherwise: string = ''): string {
    return this.isString ? stringOf(this.place) : otherwise;
  }

  /** Whether the value is a string equal to `text`; makes no string. */
  equals(text: string): bool {
    return this.isString && stringEquals(this.place, text);
  }

  /** Length of the value in the text, in bytes, and 0 if it is missing. */
  get byteLength(): i32 {
    return this.exists ? <i32>(skipValue(this.place) - this.place) : 0;
  }

  private get place(): usize {
    return changetype<usize>(this);
  }

  private get byte(): u32 {
    return this.exists ? load<u8>(this.place) : 0;
  }
}

/**
 * A member of a JSON object, a place in the text as `JsonValue` is.
 *
 * ```ts
 * import { JsonMember, JsonValue, log } from '@gatehouse/sdk';
 *
 * export function show(object: JsonValue): void {
 *   let member: JsonMember = object.members();
 *   for (; member.exists; member = member.next()) {
 *     if (!member.is('secret')) log.info(`${member.key}: ${member.value.f64()}`);
 *   }
 * }
 * ```
 */
@unmanaged
export class JsonMember {
  /** False behind the last member. */
  get exists(): bool {
    return changetype<usize>(this) != 0;
  }

  /** The key, a new string. */
  get key(): string {
    return stringOf(changetype<usize>(this));
  }

  /** Whether the key is `name`; makes no string. */
  is(name: string): bool {
    return stringEquals(changetype<usize>(this), name);
  }

  /** The value behind the key. */
  get value(): JsonValue {
    return changetype<JsonValue>(skipSpace(skipSpace(skipString(changetype<usize>(this))) + 1));
  }

  /** The member behind this one. */
  next(): JsonMember {
    return changetype<JsonMember>(following(changetype<usize>(this.value)));
  }
}

function missing(): JsonValue {
  return changetype<JsonValue>(0);
}

/** The place behind the comma that follows a value, or 0 if its container ends. */
function following(value: usize): usize {
  const at = skipSpace(skipValue(value));
  return load<u8>(at) == 0x2c ? skipSpace(at + 1) : 0;
}

/**
 * Checks a JSON text and returns its value, missing if the text is not valid.
 *
 * @unsafe Writes a 0 behind the text, which must lie in memory of the module with room for it.
 */
export function parseInPlace(pointer: usize, bytes: usize): JsonValue {
  const end = pointer + bytes;
  store<u8>(end, 0);
  const start = skipSpace(pointer);
  const behind = checkValue(start, JSON_DEPTH);
  return behind != 0 && skipSpace(behind) == end ? changetype<JsonValue>(start) : missing();
}
