const NUMBER = /^[ \t\r\n]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\r\n]*$/;

/**
 * The number that a text is in decimal notation, with white space around it at most; NaN if it is none. A comma is never
 * accepted, as it separates thousands in one country and decimals in another.
 */
export function numberOfText(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
