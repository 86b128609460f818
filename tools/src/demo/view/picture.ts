import { LIMITS, SETPOINTS } from '../../../simulators/pump/register-map.ts';
import type { Narration } from '../narration.ts';
import {
  BUCKET_MS,
  type Charted,
  type ModuleView,
  type RouteView,
  type Story,
  type StoryEvent,
  type Tone,
} from '../story.ts';
import type { Glyphs } from './glyphs.ts';
import { fitLine, type Line, type Look, lineWidth, type Span, span } from './paint.ts';
import { sparkline } from './sparkline.ts';
import { fit, fitRight, wrap } from './text-width.ts';

export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly nowMs: number;
  readonly deviceId: string;
  readonly brokerPort: number;
  readonly glyphs: Glyphs;
}

interface Chart {
  readonly name: Charted;
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
  readonly from: number;
  readonly to: number;
  readonly look: Look;
}

const CHARTS: readonly Chart[] = [
  { name: 'dischargePressure', label: 'above plunger', unit: 'bar', digits: 1, from: 45, to: 78, look: 'calm' },
  { name: 'barrelPressure', label: 'below plunger', unit: 'bar', digits: 1, from: 0, to: 78, look: 'calm' },
  { name: 'intakePressure', label: 'in the well', unit: 'bar', digits: 1, from: 8, to: 25, look: 'calm' },
  { name: 'motorCurrent', label: 'motor current', unit: 'A', digits: 2, from: 0, to: 9, look: 'accent' },
];

/** The pump's documented limits, by measurement. */
const BOUNDS: Readonly<Record<string, { min?: number; max?: number }>> = Object.fromEntries(
  LIMITS.map(({ measurement, setpoint, side }) => [
    measurement,
    { [side]: SETPOINTS.find(({ name }) => name === setpoint)?.default },
  ]),
);

const WIDTH_MIN = 20;
const LABEL_WIDTH = 14;
const VALUE_WIDTH = 10;
const TONE_LOOK: Record<Tone, Look> = { plain: 'plain', good: 'good', notice: 'notice', bad: 'bad', dim: 'dim' };
const HEADLINE_LOOK: Record<Tone, Look> = {
  plain: 'bold',
  good: 'goodBold',
  notice: 'noticeBold',
  bad: 'badBold',
  dim: 'dim',
};

/**
 * The whole picture: exactly `height` lines of exactly `width` columns. What does not fit is left out from the bottom of its
 * part: charts get lower, then the list of events gets shorter.
 */
export function drawPicture(story: Story, narration: Narration, options: PictureOptions): Line[] {
  const width = Math.max(WIDTH_MIN, options.width);
  const telling = tellingLines(narration, width);
  const tables = tableLines(story, width, options);
  const fixed = 2 + tables.length + 1 + telling.length + 1 + 1;
  const rows = chartRows(options.height - fixed);
  const top = [
    headerLine(story, width, options),
    ruleLine(width, options),
    ...CHARTS.flatMap((chart, i) => chartLines(story, chart, rows[i] ?? 1, width, options)),
    ruleLine(width, options),
    ...tables,
    ruleLine(width, options),
    ...telling,
  ];
  const room = Math.max(0, options.height - top.length - 1);
  const events = story.events.slice(-room).map((event) => eventLine(event, width));
  const lines = [...top, ...events, ...Array.from({ length: Math.max(0, room - events.length) }, () => [])];
  const footer: Line = [span(' q', 'bold'), span(' ends', 'dim')];
  return [...lines.slice(0, options.height - 1), footer].map((line) => fitLine(line, width));
}

/** Rows of each chart for so many lines that are left for charts and events together. */
function chartRows(lines: number): number[] {
  const plans = [
    { need: 34, rows: [5, 5, 3, 3] },
    { need: 24, rows: [4, 4, 2, 2] },
    { need: 17, rows: [3, 3, 2, 2] },
    { need: 13, rows: [2, 2, 1, 1] },
    { need: 11, rows: [2, 1, 1, 1] },
  ];
  return plans.find(({ need }) => lines >= need)?.rows ?? [1, 1, 1, 1];
}

function headerLine(story: Story, width: number, options: PictureOptions): Line {
  const { dot, between } = options.glyphs;
  const left = [span(' GATEHOUSE', 'title'), span(`  ${options.deviceId} ${between} ${clock(options.nowMs)}`, 'dim')];
  const link = story.uplink.connected || story.arrived.telemetry > 0;
  const rss = story.hostRssBytes === undefined ? '' : `host ${Math.round(story.hostRssBytes / 2 ** 20)} MB  `;
  const right = [
    span(rss, 'dim'),
    span(dot, link ? 'good' : 'dim'),
    span(` mqtt :${options.brokerPort}  `, 'dim'),
    ...pumpState(story, dot),
    span(' '),
  ];
  return between2(left, right, width);
}

function pumpState(story: Story, dot: string): Span[] {
  const state = story.readings.get('runState');
  const rate = story.readings.get('strokeRate') ?? 0;
  if (story.pump.standstill !== undefined) return [span(dot, 'notice'), span(' pump stopped', 'bold')];
  if (story.pump.stop !== undefined) return [span(dot, 'notice'), span(' pump stopping', 'bold')];
  if (state === undefined && rate === 0) return [span(dot, 'dim'), span(' pump', 'dim')];
  const look = story.pump.limit === undefined ? 'good' : 'bad';
  return [span(dot, look), span(` pump ${rate.toFixed(0)}/min`, 'bold')];
}

function chartLines(story: Story, chart: Chart, rows: number, width: number, options: PictureOptions): Line[] {
  const side = LABEL_WIDTH + VALUE_WIDTH + 2;
  const series = story.series[chart.name];
  const columns = Math.max(1, width - side - 1);
  const { min, max } = BOUNDS[chart.name] ?? {};
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const lines = sparkline(series.recent(options.nowMs, columns), { ...chart, ...bounds, rows, glyphs: options.glyphs });
  const value = series.last;
  const beyond = value !== undefined && ((min !== undefined && value < min) || (max !== undefined && value > max));
  const text = value === undefined ? '-' : `${value.toFixed(chart.digits)} ${fit(chart.unit, 3)}`;
  const limit = min !== undefined ? `min ${min}` : max !== undefined ? `max ${max}` : '';
  return lines.map((line, row) => {
    if (row === 0)
      return [
        span(` ${fit(chart.label, LABEL_WIDTH - 1)}`),
        span(fitRight(text, VALUE_WIDTH), beyond ? 'badBold' : 'bold'),
        span('  '),
        ...line,
      ];
    const note = row === 1 ? limit : row === 2 ? `${Math.round((columns * BUCKET_MS) / 1000)} s` : '';
    return [
      span(' '.repeat(LABEL_WIDTH)),
      span(fitRight(`${note}${note === '' ? '' : '    '}`, VALUE_WIDTH), 'dim'),
      span('  '),
      ...line,
    ];
  });
}

/** Modules on the left, routes on the right; one above the other when the terminal is narrow. */
function tableLines(story: Story, width: number, options: PictureOptions): Line[] {
  const modules = [...story.modules.values()];
  const routes = [...story.routes.values()];
  const left = [moduleHeading(), ...modules.map((module) => moduleLine(module, options.glyphs))];
  const isNarrow = width < 72;
  const right = [routeHeading(), ...routes.map(routeLine)];
  if (isNarrow) return [...left.slice(0, 5), ...right.slice(0, 5)];
  const leftWidth = Math.min(48, Math.floor(width * 0.46));
  const count = Math.min(Math.max(left.length, right.length, 5), options.height >= 40 ? 12 : 7);
  return Array.from({ length: count }, (_, i) => [
    ...fitLine(left[i] ?? [], leftWidth),
    span('  '),
    ...fitLine(right[i] ?? [], width - leftWidth - 2),
  ]);
}

const moduleHeading = (): Line => [
  span(fit(' module', 15), 'dim'),
  span(fit('state', 10), 'dim'),
  span(fitRight('events/s', 9), 'dim'),
];

function moduleLine({ id, state, restarts, events }: ModuleView, { dot }: Glyphs): Line {
  const look =
    state === 'running'
      ? 'good'
      : state === 'starting' || state === 'stopping'
        ? 'notice'
        : state === 'stopped' || state === 'unknown'
          ? 'dim'
          : 'bad';
  return [
    span(` ${dot} `, look),
    span(fit(id, 12)),
    span(fit(state, 10), look),
    span(fitRight(events.perSecond.toFixed(1), 9)),
    span(restarts === 0 ? '' : ` ${restarts}x`, 'notice'),
  ];
}

const routeHeading = (): Line => [
  span(fit('route', 20), 'dim'),
  span(fitRight('msg/s', 8), 'dim'),
  span(fitRight('total', 9), 'dim'),
];

function routeLine({ name, matched, dropped }: RouteView): Line {
  const isBusy = matched.perSecond > 0;
  return [
    span(fit(name, 19), isBusy ? 'plain' : 'dim'),
    span(' '),
    span(fitRight(matched.perSecond.toFixed(1), 8), isBusy ? 'plain' : 'dim'),
    span(fitRight(matched.total.toLocaleString('en-US'), 9), isBusy ? 'plain' : 'dim'),
    span(dropped === 0 ? '' : ` -${dropped}`, 'notice'),
  ];
}

/** Always four lines, so that nothing below jumps when the words change. */
function tellingLines(narration: Narration, width: number): Line[] {
  const head = [span(` ${narration.headline}`, HEADLINE_LOOK[narration.tone])];
  const body = wrap(narration.sentences.join(' '), width - 2).map((text): Line => [span(` ${text}`)]);
  return [head, body[0] ?? [], body[1] ?? [], body[2] ?? []];
}

function eventLine({ atMs, tone, source, text }: StoryEvent, width: number): Line {
  return fitLine(
    [
      span(` ${clock(atMs)}  `, 'dim'),
      span(`${fit(source, 10)} `, 'dim'),
      span(fit(text, width - 21).trimEnd(), TONE_LOOK[tone]),
    ],
    width,
  );
}

function ruleLine(width: number, { glyphs }: PictureOptions): Line {
  return [span(glyphs.rule.repeat(width), 'dim')];
}

/** Two pieces at both ends of a line; the left one gives way when there is no room for both. */
function between2(left: readonly Span[], right: readonly Span[], width: number): Line {
  const rightWidth = Math.min(lineWidth(right), width);
  return [...fitLine(left, width - rightWidth), ...fitLine(right, rightWidth)];
}

function clock(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  const seconds = Math.floor(tenths / 10);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
}
