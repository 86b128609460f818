import type { SeriesPoint } from '../series.ts';
import type { Glyphs } from './glyphs.ts';
import { type Line, type Look, type Span, span } from './paint.ts';

export interface SparklineOptions {
  /** Values at the bottom and at the top of the chart. */
  readonly from: number;
  readonly to: number;
  /** Rows of characters; the first line of the result is the uppermost. */
  readonly rows: number;
  /** The look of a point; `index` is its column. */
  readonly look: (point: SeriesPoint, index: number) => Look;
  readonly glyphs: Glyphs;
}

/** A chart of one column a point, `rows` characters high. Points without a value stay empty. */
export function sparkline(points: readonly (SeriesPoint | undefined)[], options: SparklineOptions): Line[] {
  const { glyphs, rows } = options;
  const steps = glyphs.bars.length - 1;
  const lines: Span[][] = Array.from({ length: rows }, () => []);
  points.forEach((point, index) => {
    const share = point === undefined ? -1 : (point.mean - options.from) / (options.to - options.from);
    // What is measured is at least one step high, so that "low" and "nothing" look different.
    const level = point === undefined ? 0 : Math.round(Math.max(1, Math.min(1, share) * rows * steps));
    const look = point === undefined ? 'plain' : options.look(point, index);
    lines.forEach((line, row) => {
      const below = (rows - 1 - row) * steps;
      const glyph = glyphs.bars[Math.max(0, Math.min(steps, level - below))]!;
      const last = line.at(-1);
      if (last?.look === look) line[line.length - 1] = span(last.text + glyph, look);
      else line.push(span(glyph, look));
    });
  });
  return lines;
}
