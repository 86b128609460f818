import { JsonKind, JsonMember, JsonValue } from '@gatehouse/sdk';
import { numberText } from './number-text';
import { Problems } from './problems';

/** A bound this far away is not worth a mention. */
const UNBOUNDED: f64 = 1e12;
export const NAME = '1 to 64 of A-Z a-z 0-9 . _ -';

/**
 * One object of a settings document, read strictly: whatever is missing, of the wrong kind, out of range or unknown is noted
 * with its place, and something stands in so that reading can go on to find further mistakes. A document with a mistake is
 * not to be used.
 */
export class Section {
  /** Which members were asked for, one bit each. */
  private asked: u64 = 0;

  constructor(
    readonly problems: Problems,
    readonly value: JsonValue,
    readonly path: string,
  ) {
    if (!value.isObject) problems.add(path, 'an object', value);
  }

  /** A member, missing if there is none. Every member has to be asked for before `done`. */
  get(key: string): JsonValue {
    let found = changetype<JsonValue>(0);
    let bit: u64 = 1;
    for (let member = this.value.members(); member.exists; member = member.next()) {
      if (member.is(key)) {
        found = member.value;
        this.asked |= bit;
      }
      bit <<= 1;
    }
    return found;
  }

  has(key: string): bool {
    return this.get(key).exists;
  }

  /** Notes every member that nobody asked for. */
  done(): void {
    let bit: u64 = 1;
    for (let member = this.value.members(); member.exists; member = member.next()) {
      if ((this.asked & bit) == 0) this.problem(member.key, 'no such key');
      bit <<= 1;
    }
  }

  /** The place of a member, such as `rules.high.field`. */
  place(key: string): string {
    return this.path.length == 0 ? key : this.path + '.' + key;
  }

  /** Notes a mistake in a member. */
  problem(key: string, expected: string): void {
    this.problems.add(this.place(key), expected, this.value.get(key));
  }

  /** A finite number in a range; NaN as default means that it is required. */
  number(key: string, low: f64, high: f64, otherwise: f64): f64 {
    const value = this.get(key);
    if (!value.exists && !isNaN(otherwise)) return otherwise;
    const number = value.f64();
    // Written so that NaN is refused too.
    if (!(number >= low && number <= high)) {
      let expected = 'a number';
      if (low > -UNBOUNDED) expected += ' from ' + numberText(low);
      if (high < UNBOUNDED) expected += ' to ' + numberText(high);
      this.problem(key, expected);
    }
    return number;
  }

  /** Any finite number; NaN as default means that it is required. */
  finite(key: string, otherwise: f64): f64 {
    return this.number(key, -f64.MAX_VALUE, f64.MAX_VALUE, otherwise);
  }

  /** A whole number in a range; a default outside the range means that it is required. */
  whole(key: string, low: i32, high: i32, otherwise: i32): i32 {
    const value = this.get(key);
    const number = value.exists ? value.i32(i32.MIN_VALUE) : otherwise;
    if (number >= low && number <= high) return number;
    this.problem(key, 'a whole number from ' + numberText(low) + ' to ' + numberText(high));
    return low;
  }

  flag(key: string): bool {
    const value = this.get(key);
    if (value.exists && value.kind != JsonKind.Boolean) this.problem(key, 'true or false');
    return value.bool();
  }

  /** Text of 1 to 128 characters; an empty default means that it is required. */
  text(key: string, otherwise: string): string {
    const value = this.get(key);
    const text = value.exists ? value.text() : otherwise;
    if (text.length == 0 || text.length > 128) this.problem(key, '1 to 128 characters');
    return text;
  }

  /** A name of 1 to 64 letters, digits, `.`, `_` and `-`; an empty default means that it is required. */
  name(key: string, otherwise: string): string {
    const value = this.get(key);
    const text = value.exists ? value.text() : otherwise;
    if (!isName(text)) this.problem(key, NAME);
    return text;
  }

  /** An object among the members. */
  section(key: string): Section {
    return new Section(this.problems, this.get(key), this.place(key));
  }

  /** The object behind a member whose key is a name of the author's choice; notes a key that cannot be one. */
  named(member: JsonMember): Section {
    const key = member.key;
    const place = this.place(key);
    if (!isName(key)) this.problems.add(place, NAME, changetype<JsonValue>(member));
    return new Section(this.problems, member.value, place);
  }
}

export function isName(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isLetter = (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a;
    if (!isLetter && !(c >= 0x30 && c <= 0x39) && c != 0x5f && c != 0x2d && c != 0x2e) return false;
  }
  return text.length > 0 && text.length <= 64;
}
