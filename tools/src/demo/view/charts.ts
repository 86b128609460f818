import { BUCKET_MS, type Charted, type Story } from '../story.ts';
import { BOUNDS, isBeyond } from './bounds.ts';
import type { Glyphs } from './glyphs.ts';
import { type Line, type Look, type Span, span } from './paint.ts';
import { sparkline } from './sparkline.ts';
import { fit, fitRight } from './text-width.ts';

interface Chart {
  readonly name: Charted;
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
  readonly from: number;
  readonly to: number;
  readonly look: Look;
}

/** Where and when a picture is drawn. */
export interface ChartSpace {
  readonly width: number;
  readonly nowMs: number;
  readonly glyphs: Glyphs;
}

const CHARTS: readonly Chart[] = [
  { name: 'dischargePressure', label: 'above plunger', unit: 'bar', digits: 1, from: 45, to: 78, look: 'calm' },
  { name: 'barrelPressure', label: 'below plunger', unit: 'bar', digits: 1, from: 0, to: 78, look: 'calm' },
  { name: 'intakePressure', label: 'in the well', unit: 'bar', digits: 1, from: 8, to: 25, look: 'calm' },
  { name: 'motorCurrent', label: 'motor current', unit: 'A', digits: 2, from: 0, to: 9, look: 'accent' },
];

const LABEL_WIDTH = 14;
const VALUE_WIDTH = 11;
const SIDE_WIDTH = LABEL_WIDTH + VALUE_WIDTH + 2;

/** Rows of each chart when charts and events share so many lines. */
function chartRows(lines: number): readonly number[] {
  const plans = [
    { need: 34, rows: [5, 5, 3, 3] },
    { need: 24, rows: [4, 4, 2, 2] },
    { need: 17, rows: [3, 3, 2, 2] },
    { need: 13, rows: [2, 2, 1, 1] },
    { need: 11, rows: [2, 1, 1, 1] },
  ];
  return plans.find(({ need }) => lines >= need)?.rows ?? [1, 1, 1, 1];
}

/** The charts, and below them the line of time with what happened to the pump. `lines` are shared with what follows. */
export function chartLines(story: Story, lines: number, space: ChartSpace): Line[] {
  const rows = chartRows(lines);
  return [...CHARTS.flatMap((chart, i) => oneChart(story, chart, rows[i] ?? 1, space)), timeLine(story, space)];
}

function oneChart(story: Story, chart: Chart, rows: number, { width, nowMs, glyphs }: ChartSpace): Line[] {
  const bounds = BOUNDS[chart.name] ?? {};
  const series = story.series[chart.name];
  const columns = columnsOf(width);
  // The limits are those of a pump that runs; one that was stopped leaves them by nature.
  const stopColumn = columnAt(story.pump.stop?.seenAtMs ?? Infinity, nowMs, columns);
  const look = (point: { min: number; max: number }, column: number): Look =>
    column > stopColumn ? 'dim' : isBeyond(point, bounds) ? 'bad' : chart.look;
  const value = series.last;
  const isBad = value !== undefined && stopColumn === Infinity && isBeyond({ min: value, max: value }, bounds);
  const limit = bounds.min !== undefined ? `min ${bounds.min}` : bounds.max !== undefined ? `max ${bounds.max}` : '';
  return sparkline(series.recent(nowMs, columns), { ...chart, look, rows, glyphs }).map((line, row) => {
    if (row > 0)
      return [
        span(' '.repeat(LABEL_WIDTH)),
        span(fit(row === 1 ? fitRight(limit, 7) : '', VALUE_WIDTH), 'dim'),
        span('  '),
        ...line,
      ];
    const text = value === undefined ? '-' : `${value.toFixed(chart.digits)} ${fit(chart.unit, 3)}`;
    return [
      span(` ${fit(chart.label, LABEL_WIDTH - 1)}`),
      span(fitRight(text, VALUE_WIDTH), isBad ? 'badBold' : 'bold'),
      span('  '),
      ...line,
    ];
  });
}

/**
 * A rule that carries marks below the columns in which something happened. A word stands right of its mark, or left of it while the
 * mark is too new; where two meet, the later one covers the earlier one.
 */
function timeLine(story: Story, { width, nowMs, glyphs }: ChartSpace): Line {
  const columns = columnsOf(width);
  const { fault, stop } = story.pump;
  const cells = Array.from({ length: columns }, () => span(glyphs.rule, 'dim'));
  const marks = [
    { atMs: fault?.seenAtMs, word: fault?.name ?? '', look: 'noticeBold' as const },
    { atMs: stop?.seenAtMs, word: 'stopped', look: 'goodBold' as const },
  ];
  for (const { atMs, word, look } of marks) {
    const column = atMs === undefined ? Infinity : Math.min(columnAt(atMs, nowMs, columns), columns - 1);
    if (column < 0 || atMs === undefined) continue;
    const isRight = column + word.length + 3 <= columns;
    const text = isRight ? `${glyphs.mark} ${word} ` : ` ${word} ${glyphs.mark}`;
    const from = isRight ? column : column - text.length + 1;
    [...text].forEach((char, i) => {
      if (from + i >= 0 && from + i < columns) cells[from + i] = span(char, look);
    });
  }
  return [span(glyphs.rule.repeat(Math.min(width, SIDE_WIDTH)), 'dim'), ...joined(cells), span(glyphs.rule, 'dim')];
}

/** Neighbours of one look as one piece. */
function joined(cells: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (const { text, look } of cells) {
    const last = spans.at(-1);
    if (last?.look === look) spans[spans.length - 1] = span(last.text + text, look);
    else spans.push(span(text, look));
  }
  return spans;
}

function columnsOf(width: number): number {
  return Math.max(1, width - SIDE_WIDTH - 1);
}

/** The column of a moment; below 0 when it has left the chart, `Infinity` when it has not come yet. */
function columnAt(atMs: number, nowMs: number, columns: number): number {
  if (atMs > nowMs) return Infinity;
  return columns - Math.floor(nowMs / BUCKET_MS) + Math.floor(atMs / BUCKET_MS);
}
