interface KnownValue {
  readonly bytes: number;
  readonly read: (view: DataView) => number;
  /** Value = raw x scale. */
  readonly scale: number;
  readonly decimals: number;
  readonly unit: string;
  /** The raw value by which a device says that it has none. */
  readonly unknown?: number;
}

/** Characteristics that are one number [Bluetooth SIG, GATT Specification Supplement, 3]. */
const NUMBERS: Readonly<Record<string, KnownValue>> = {
  '2a19': { bytes: 1, read: (view) => view.getUint8(0), scale: 1, decimals: 0, unit: '%' },
  '2a6c': {
    bytes: 3,
    read: (view) => view.getUint16(0, true) | (view.getInt8(2) << 16),
    scale: 0.01,
    decimals: 2,
    unit: 'm',
  },
  '2a6d': { bytes: 4, read: (view) => view.getUint32(0, true), scale: 0.001, decimals: 3, unit: 'hPa' },
  '2a6e': { bytes: 2, read: (view) => view.getInt16(0, true), scale: 0.01, decimals: 2, unit: '°C', unknown: -32_768 },
  '2a6f': { bytes: 2, read: (view) => view.getUint16(0, true), scale: 0.01, decimals: 2, unit: '%', unknown: 65_535 },
  '2a76': { bytes: 1, read: (view) => view.getUint8(0), scale: 1, decimals: 0, unit: '' },
};
/** Characteristics that are texts: device name, and what Device Information says. */
const TEXTS = new Set(['2a00', '2a24', '2a25', '2a26', '2a27', '2a28', '2a29']);
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** What a value means, for a person; undefined for what is neither a known number nor a text. */
export function meaningOf(uuid: string, value: Uint8Array): string | undefined {
  const known = Object.hasOwn(NUMBERS, uuid) ? NUMBERS[uuid] : undefined;
  if (known !== undefined && value.byteLength === known.bytes) {
    const raw = known.read(new DataView(value.buffer, value.byteOffset, value.byteLength));
    if (raw === known.unknown) return 'not known';
    return `${(raw * known.scale).toFixed(known.decimals)} ${known.unit}`.trimEnd();
  }
  const text = textOf(value);
  return text === undefined || (text.length < 2 && !TEXTS.has(uuid)) ? undefined : `"${text}"`;
}

/** A value in hex, in groups of four bytes. */
export const hexOf = (value: Uint8Array): string =>
  value.byteLength === 0
    ? '(empty)'
    : (
        Buffer.from(value)
          .toString('hex')
          .match(/.{1,8}/g) ?? []
      ).join(' ');

/** A text that can be shown; a zero byte may end it. */
function textOf(value: Uint8Array): string | undefined {
  const end = value.at(-1) === 0 ? value.byteLength - 1 : value.byteLength;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(value.subarray(0, end));
    return PRINTABLE.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
