import { ModbusTable } from '@gatehouse/sdk';
import { rawValue } from './raw-value';
import { isWhole, RegisterType, wordsOf } from './register-type';
import { WordOrder } from './word-order';

/** One entry of the register map: where a value is, and how words become a number in its unit. */
export class Register {
  type: RegisterType = RegisterType.u16;
  order: WordOrder = WordOrder.ABCD;
  /** The bit of the word that a `bool` is, or -1 for the whole word. */
  bit: i32 = -1;
  scale: f64 = 1;
  offset: f64 = 0;
  /** Digits behind the point that are kept, or -1 for all. */
  decimals: i32 = -1;
  /** The raw value by which the device says that it has none; NaN for no such value. */
  invalid: f64 = NaN;
  unit: string = '';

  constructor(
    readonly name: string,
    readonly table: ModbusTable,
    readonly address: i32,
  ) {}

  get words(): i32 {
    return wordsOf(this.type);
  }

  /** The value in the words at `pointer`, or NaN when the device has none. */
  value(pointer: usize): f64 {
    const raw = rawValue(pointer, this.type, this.order, this.bit);
    if (raw == this.invalid) return NaN;
    const value = raw * this.scale + this.offset;
    if (!isFinite(value)) return NaN;
    return this.decimals < 0 ? value : rounded(value, this.decimals);
  }

  /**
   * Without `decimals` in the settings, whole raw values keep the digits that scale and offset have: 3 times 0.1 is then 0.3 and not
   * 0.30000000000000004.
   */
  inferDecimals(): void {
    if (!isWhole(this.type)) return;
    for (let digits = 0; digits <= 9; digits++) {
      const power = powerOfTen(digits);
      if (isAlmostWhole(this.scale * power) && isAlmostWhole(this.offset * power)) {
        this.decimals = digits;
        return;
      }
    }
  }
}

function rounded(value: f64, digits: i32): f64 {
  const power = powerOfTen(digits);
  const scaled = value * power;
  // Beyond 2^53 there is nothing behind the point to round.
  return Math.abs(scaled) < 9007199254740992 ? Math.round(scaled) / power : value;
}

function powerOfTen(digits: i32): f64 {
  let power: f64 = 1;
  for (let i = 0; i < digits; i++) power *= 10;
  return power;
}

function isAlmostWhole(value: f64): bool {
  return Math.abs(value - Math.round(value)) <= Math.abs(value) * 1e-12;
}
