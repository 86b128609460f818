/** What was looked at, and whether it keeps the host from working (`error`) or may do so (`warning`). */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'error';
  /** For a person: what is there, and what to do if it is not well. */
  readonly text: string;
  /** For programs; plain JSON values. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes as a person says them: in powers of 1,024, with two digits at least. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[unit]}`;
}

/** A count with thousands separators, as documents write it. */
export const countText = (count: number): string => count.toLocaleString('en-US');
