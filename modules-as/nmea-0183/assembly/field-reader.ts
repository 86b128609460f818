import { hexDigit, Sentence } from './sentence';

/** Longest number: so many digits fit a u64. */
const DIGITS_MAX: i32 = 18;
/** Two-digit years below this one are of the 2000s. */
const CENTURY_PIVOT: i32 = 80;

/**
 * Reads the fields of a sentence strictly. An empty field has no value (NaN, or 0 for a letter); one that is not what it has to be, or out
 * of range, makes the whole sentence bad.
 */
export class FieldReader {
  isBad: bool = false;
  /** Digits of the number read last, without the point, and how many of them stand behind it. */
  private mantissa: u64 = 0;
  private decimals: i32 = 0;

  constructor(readonly sentence: Sentence) {}

  isEmpty(field: i32): bool {
    return this.sentence.bytes(field) == 0;
  }

  /** One character out of a list, or 0. */
  letter(field: i32, accepted: string): i32 {
    if (this.isEmpty(field)) return 0;
    const letter = load<u8>(this.sentence.at(field));
    if (this.sentence.bytes(field) != 1 || accepted.indexOf(String.fromCharCode(letter)) < 0) this.isBad = true;
    return letter;
  }

  /** Demands the letter of a unit where its value is given. */
  unit(field: i32, accepted: string): void {
    if (!this.isEmpty(field - 1) && this.letter(field, accepted) == 0) this.isBad = true;
  }

  /** A decimal number in a range. */
  number(field: i32, low: f64, high: f64): f64 {
    if (this.isEmpty(field)) return NaN;
    const at = this.sentence.at(field);
    const lead = load<u8>(at);
    const signBytes = lead == 0x2d || lead == 0x2b ? 1 : 0;
    if (!this.readDigits(at + signBytes, this.sentence.bytes(field) - signBytes)) return NaN;
    // Zero is added so that -0 becomes 0.
    const value = (<f64>this.mantissa / powerOfTen(this.decimals)) * (lead == 0x2d ? -1 : 1) + 0;
    return value < low || value > high ? this.bad() : value;
  }

  whole(field: i32, low: f64, high: f64): f64 {
    const value = this.number(field, low, high);
    return isNaN(value) || value == Math.floor(value) ? value : this.bad();
  }

  /** One hexadecimal digit, as system and signal are given. */
  hex(field: i32): f64 {
    if (this.isEmpty(field)) return NaN;
    const digit = hexDigit(load<u8>(this.sentence.at(field)));
    return this.sentence.bytes(field) != 1 || digit > 15 ? this.bad() : <f64>digit;
  }

  /** `hhmmss.sss` as milliseconds of the day. Second 60 is a leap second. */
  timeOfDay(field: i32): f64 {
    if (this.isEmpty(field)) return NaN;
    const bytes = this.sentence.bytes(field);
    const at = this.sentence.at(field);
    if (bytes < 6 || !isDigits(at, 6) || (bytes > 6 && load<u8>(at, 6) != 0x2e)) return this.bad();
    if (!this.readDigits(at + 4, bytes - 4)) return NaN;
    const seconds = <f64>this.mantissa / powerOfTen(this.decimals);
    const hours = pair(at, 0);
    const minutes = pair(at, 1);
    if (hours > 23 || minutes > 59 || seconds >= 61) return this.bad();
    return <f64>(hours * 3_600_000 + minutes * 60_000) + Math.floor(seconds * 1000 + 0.000_5);
  }

  /** `ddmmyy` as milliseconds since 1970 of its midnight. */
  date(field: i32): f64 {
    if (this.isEmpty(field)) return NaN;
    const at = this.sentence.at(field);
    if (this.sentence.bytes(field) != 6 || !isDigits(at, 6)) return this.bad();
    const year = pair(at, 2);
    return this.midnight(year + (year < CENTURY_PIVOT ? 2000 : 1900), pair(at, 1), pair(at, 0));
  }

  /** Milliseconds since 1970 of the midnight that begins a day. */
  midnight(year: i32, month: i32, day: i32): f64 {
    if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return this.bad();
    // Days of the civil calendar, years beginning in March so that the leap day is the last.
    const y = month > 2 ? year : year - 1;
    const dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    return <f64>(365 * y + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468) * 86_400_000;
  }

  /**
   * Degrees of `ddmm.mmm` with its letter in the next field, positive for the first of the two letters, to 10 decimals: a hundredth of a
   * millimetre.
   */
  angle(field: i32, degreeDigits: i32, letters: string): f64 {
    const letter = this.letter(field + 1, letters);
    if (this.isEmpty(field) || letter == 0) return this.isEmpty(field) && letter == 0 ? NaN : this.bad();
    const bytes = this.sentence.bytes(field);
    const at = this.sentence.at(field);
    const whole = degreeDigits + 2;
    if (bytes < whole || !isDigits(at, whole) || (bytes > whole && load<u8>(at + whole) != 0x2e)) return this.bad();
    if (!this.readDigits(at + degreeDigits, bytes - degreeDigits)) return NaN;
    const minutes = <f64>this.mantissa / powerOfTen(this.decimals);
    const degrees = <f64>digitsAt(at, degreeDigits) + minutes / 60;
    if (minutes >= 60 || degrees > (degreeDigits == 2 ? 90 : 180)) return this.bad();
    return rounded(letter == letters.charCodeAt(0) ? degrees : -degrees, 1e10);
  }

  private bad(): f64 {
    this.isBad = true;
    return NaN;
  }

  /** Reads digits with at most one point among them, at least one digit. */
  private readDigits(from: usize, bytes: i32): bool {
    let mantissa: u64 = 0;
    let point = -1;
    let digits = 0;
    for (let i = 0; i < bytes; i++) {
      const byte: u32 = load<u8>(from + i);
      if (byte == 0x2e && point < 0) {
        point = i;
      } else if (byte - 0x30 < 10) {
        mantissa = mantissa * 10 + (byte - 0x30);
        digits++;
      } else digits = DIGITS_MAX + 1;
      if (digits > DIGITS_MAX) break;
    }
    this.mantissa = mantissa;
    this.decimals = point < 0 ? 0 : bytes - 1 - point;
    if (digits == 0 || digits > DIGITS_MAX) this.isBad = true;
    return !this.isBad;
  }
}

/** Rounds to a number of steps per unit, and never to -0. */
export function rounded(value: f64, steps: f64): f64 {
  return nearest(value * steps) / steps + 0;
}

function powerOfTen(digits: i32): f64 {
  let power: f64 = 1;
  for (let i = 0; i < digits; i++) power *= 10;
  return power;
}

function isDigits(at: usize, bytes: i32): bool {
  for (let i = 0; i < bytes; i++) if (<u32>load<u8>(at + i) - 0x30 > 9) return false;
  return true;
}

/** The number that digits at `at` are. */
function digitsAt(at: usize, digits: i32): i32 {
  let value = 0;
  for (let i = 0; i < digits; i++) value = value * 10 + (<i32>load<u8>(at + i) - 0x30);
  return value;
}

/** The nth pair of digits. */
function pair(at: usize, n: i32): i32 {
  return digitsAt(at + n * 2, 2);
}

function daysOf(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
