/** How a value lies in one or two registers. A register is 16 bits; in a pair, `high-first` puts the upper half at the lower address. */
export type RegisterFormat = 'u16' | 's16' | 'u32-high-first' | 'f32-high-first' | 'f32-low-first';

/** Number of registers that a format takes. */
export function registerCount(format: RegisterFormat): 1 | 2 {
  return format === 'u16' || format === 's16' ? 1 : 2;
}

const pair = new DataView(new ArrayBuffer(4));

/**
 * Writes a value into the registers from `address` on. `scale` is what one count is worth (0.01 bar), 1 for floats. A
 * value beyond the format shows as the format's end, as a transmitter at the end of its range does.
 */
export function encodeRegister(
  registers: Uint16Array,
  address: number,
  format: RegisterFormat,
  value: number,
  scale = 1,
): void {
  const count = Math.round(value / scale);
  switch (format) {
    case 'u16':
      registers[address] = within(count, 0, 0xffff);
      return;
    case 's16':
      registers[address] = within(count, -0x8000, 0x7fff) & 0xffff;
      return;
    case 'u32-high-first':
      pair.setUint32(0, within(count, 0, 0xffffffff));
      break;
    case 'f32-high-first':
    case 'f32-low-first':
      pair.setFloat32(0, value / scale);
      break;
    default:
      format satisfies never;
  }
  const low = format === 'f32-low-first' ? 0 : 1;
  registers[address + 1 - low] = pair.getUint16(0);
  registers[address + low] = pair.getUint16(2);
}

/** Reads a value back, the reverse of `encodeRegister`. */
export function decodeRegister(
  registers: ArrayLike<number>,
  address: number,
  format: RegisterFormat,
  scale = 1,
): number {
  const first = registers[address] ?? 0;
  const second = registers[address + 1] ?? 0;
  switch (format) {
    case 'u16':
      return first * scale;
    case 's16':
      return ((first << 16) >> 16) * scale;
    case 'u32-high-first':
      return (first * 0x10000 + second) * scale;
    case 'f32-high-first':
      return floatOf(first, second) * scale;
    case 'f32-low-first':
      return floatOf(second, first) * scale;
    default:
      return format satisfies never;
  }
}

function within(count: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, count));
}

function floatOf(high: number, low: number): number {
  pair.setUint16(0, high);
  pair.setUint16(2, low);
  return pair.getFloat32(0);
}
