// Natural numbers of up to 4,096 bits, for the few decimal numbers that machine arithmetic cannot decide exactly. Slow, and
// small in code: tables of powers would be larger than most modules.
//
// ╒════════════╤═══════╤═══════╤═════╕
// │ length u32 │ limbs, u32 each,      │  the lowest first; the highest is not 0
// └────────────┴───────┴───────┴─────┘
//  0            4       8

/** Room for one number, in bytes. */
export const BIG_BYTES: i32 = 4 + 4 * 132;

/** big = value */
export function bigSet(big: usize, value: u64): void {
  store<u64>(big, value, 4);
  store<u32>(big, value == 0 ? 0 : value >> 32 == 0 ? 1 : 2);
}

/** big = big * factor + addend */
export function bigMultiplyAdd(big: usize, factor: u32, addend: u32): void {
  const length = load<u32>(big);
  let carry: u64 = addend;
  let limb = big + 4;
  const end = limb + (length << 2);
  for (; limb < end; limb += 4) {
    carry += <u64>load<u32>(limb) * factor;
    store<u32>(limb, <u32>carry);
    carry >>= 32;
  }
  if (carry != 0) {
    store<u32>(limb, <u32>carry);
    store<u32>(big, length + 1);
  }
}

/** big = big * 10 ** exponent */
export function bigMultiplyPower10(big: usize, exponent: i32): void {
  for (; exponent >= 9; exponent -= 9) bigMultiplyAdd(big, 1000000000, 0);
  for (; exponent > 0; exponent--) bigMultiplyAdd(big, 10, 0);
}

/** big = big * 2 ** bits */
export function bigShiftLeft(big: usize, bits: i32): void {
  const length = load<u32>(big);
  if (length == 0) return;
  bigMultiplyAdd(big, 1 << (bits & 31), 0);
  const limbs: usize = bits >> 5;
  memory.copy(big + 4 + (limbs << 2), big + 4, load<u32>(big) << 2);
  memory.fill(big + 4, 0, limbs << 2);
  store<u32>(big, load<u32>(big) + <u32>limbs);
}

/** Negative, 0 or positive as left is less than, equal to or greater than right. */
export function bigCompare(left: usize, right: usize): i32 {
  const length = load<u32>(left);
  const other = load<u32>(right);
  if (length != other) return length < other ? -1 : 1;
  for (let offset: usize = length << 2; offset > 0; offset -= 4) {
    const a = load<u32>(left + offset);
    const b = load<u32>(right + offset);
    if (a != b) return a < b ? -1 : 1;
  }
  return 0;
}

/** big = big + other */
export function bigAdd(big: usize, other: usize): void {
  const length = load<u32>(other);
  for (let index = load<u32>(big); index <= length; index++) store<u32>(big + ((<usize>index) << 2), 0, 4);
  let carry: u64 = 0;
  let index: u32 = 0;
  const most = max(load<u32>(big), length);
  for (; index < most || carry != 0; index++) {
    const place = big + ((<usize>index) << 2);
    if (index < length) carry += load<u32>(other + ((<usize>index) << 2), 4);
    if (index < most) carry += load<u32>(place, 4);
    store<u32>(place, <u32>carry, 4);
    carry >>= 32;
  }
  store<u32>(big, index);
}

/** big = big - other, which must not be greater. */
export function bigSubtract(big: usize, other: usize): void {
  const otherLength = load<u32>(other);
  let length = load<u32>(big);
  let borrow: i64 = 0;
  for (let index: u32 = 0; index < length; index++) {
    const place = big + ((<usize>index) << 2);
    borrow += load<u32>(place, 4);
    if (index < otherLength) borrow -= <i64>load<u32>(other + ((<usize>index) << 2), 4);
    store<u32>(place, <u32>borrow, 4);
    borrow >>= 32;
  }
  while (length > 0 && load<u32>(big + ((<usize>length) << 2)) == 0) length--;
  store<u32>(big, length);
}

/** big = other */
export function bigCopy(big: usize, other: usize): void {
  memory.copy(big, other, 4 + (load<u32>(other) << 2));
}
