import { Answer } from '../events/answer';
import { decode } from '../utf8';
import { readNumber } from './read-number';

/**
 * What an answer to a read or a subscription of a characteristic carries. Numbers are little-endian, as is usual in Bluetooth.
 *
 * ```ts
 * import { Answer, BleValue, log } from '@gatehouse/sdk';
 *
 * let last: i32 = 0;
 *
 * export function notified(answer: Answer): void {
 *   const value = BleValue.of(answer);
 *   if (!value.isValue) return;
 *   if (value.number != last + 1) log.warning('some notifications were dropped');
 *   last = value.number;
 *   log.info(`${value.u8(0)} ${value.u16(1)} ${value.i16(1)} ${value.u32(3)} ${value.text}`);
 * }
 * ```
 */
@unmanaged
export class BleValue extends Answer {
  /** The answer, seen as one of the Bluetooth driver. */
  static of(answer: Answer): BleValue {
    return changetype<BleValue>(answer);
  }

  /** Whether it is a notification or indication. Other answers of a subscription say how it stands with the link. */
  get isValue(): bool {
    return this.status == 0 && this.detail > 0;
  }

  /** Number of a notification since the subscription began, from 1; a gap says that some were dropped. */
  get number(): i32 {
    return this.detail;
  }

  /** The value as text; malformed UTF-8 becomes U+FFFD. */
  get text(): string {
    return decode(this.payloadPointer, this.payloadBytes);
  }

  /** A byte. Aborts if the value is shorter, as the others do. */
  u8(at: i32): u8 {
    return readNumber<u8>(this.payloadPointer, this.payloadBytes, at);
  }

  /** Two bytes, from 0 to 65,535. */
  u16(at: i32): u16 {
    return readNumber<u16>(this.payloadPointer, this.payloadBytes, at);
  }

  /** Two bytes, with a sign. */
  i16(at: i32): i16 {
    return readNumber<i16>(this.payloadPointer, this.payloadBytes, at);
  }

  /** Four bytes. */
  u32(at: i32): u32 {
    return readNumber<u32>(this.payloadPointer, this.payloadBytes, at);
  }
}
