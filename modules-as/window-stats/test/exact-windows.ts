/** A reading as a test sends it. */
export interface Reading {
  readonly time: number;
  readonly value: number;
}

/** Statistics of one window, computed from the whole list of its values. */
export interface ExactWindow {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number | undefined;
  /** The values in ascending order. */
  readonly sorted: readonly number[];
}

/**
 * The windows of all readings, with nothing incremental in it: each window filters the whole list, sums run from the
 * smallest deviation to the largest. Only windows that hold a reading are listed.
 */
export function exactWindows(readings: readonly Reading[], lengthMs: number, slideMs: number): ExactWindow[] {
  const times = readings.map(({ time }) => time);
  const firstEnd = Math.floor(Math.min(...times) / slideMs) * slideMs + slideMs;
  const lastEnd = Math.floor(Math.max(...times) / slideMs) * slideMs + lengthMs;
  const windows: ExactWindow[] = [];
  for (let end = firstEnd; end <= lastEnd; end += slideMs) {
    const start = end - lengthMs;
    const values = readings.filter(({ time }) => time >= start && time < end).map(({ value }) => value);
    if (values.length > 0) windows.push(exactWindow(start, end, values));
  }
  return windows;
}

function exactWindow(start: number, end: number, values: number[]): ExactWindow {
  const sorted = values.toSorted((a, b) => a - b);
  const count = values.length;
  const mean = sum(values) / count;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return {
    start,
    end,
    count,
    min: sorted[0]!,
    max: sorted[count - 1]!,
    mean,
    stddev: count > 1 ? Math.sqrt(squares / (count - 1)) : undefined,
    sorted,
  };
}

/** Adds the small ones first and carries what rounding loses (Neumaier). */
function sum(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values.toSorted((a, b) => Math.abs(a) - Math.abs(b))) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}
