import type { Narration } from '../narration.ts';
import type { Story } from '../story.ts';
import type { StoryEvent, Tone } from '../story-event.ts';
import { chartLines } from './charts.ts';
import type { Glyphs } from './glyphs.ts';
import { fitLine, type Line, type Look, lineWidth, type Span, span } from './paint.ts';
import { tableLines } from './tables.ts';
import { fit, wrap } from './text-width.ts';

export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly nowMs: number;
  readonly deviceId: string;
  readonly brokerPort: number;
  readonly glyphs: Glyphs;
}

const TELLING_LINES = 4;
const SILENT_MS = 2_000; // twenty polls without a reading
const TONE_LOOK: Record<Tone, Look> = { plain: 'plain', good: 'good', notice: 'notice', bad: 'bad', dim: 'dim' };
const HEADLINE_LOOK: Record<Tone, Look> = {
  plain: 'bold',
  good: 'goodBold',
  notice: 'noticeBold',
  bad: 'badBold',
  dim: 'dim',
};

/**
 * The whole picture: exactly `height` lines of exactly `width` columns. In a low terminal first the charts become lower, then the list
 * of events shorter, and then the lower parts are left out.
 */
export function drawPicture(story: Story, narration: Narration, options: PictureOptions): Line[] {
  const { width, height, glyphs } = options;
  const rule: Line = [span(glyphs.rule.repeat(width), 'dim')];
  const tables = tableLines(story, width, glyphs, height >= 40 ? 14 : 8);
  const others = 2 + 1 + tables.length + 1 + TELLING_LINES + 1; // header and rule, time line, rule, words, footer
  const top = [
    headerLine(story, options),
    rule,
    ...chartLines(story, height - others, options),
    ...tables,
    rule,
    ...tellingLines(narration, width),
  ];
  const room = Math.max(0, height - top.length - 1);
  const events = room === 0 ? [] : story.events.slice(-room).map((event) => eventLine(event, width));
  const filling = Array.from({ length: room - events.length }, (): Line => []);
  return [...[...top, ...events, ...filling].slice(0, height - 1), footerLine(story)].map((line) =>
    fitLine(line, width),
  );
}

function headerLine(story: Story, { width, nowMs, deviceId, brokerPort, glyphs }: PictureOptions): Line {
  const left = [
    span(' GATEHOUSE', 'title'),
    span(`  ${deviceId} ${glyphs.between} ${clock(nowMs).slice(0, 5)}`, 'dim'),
  ];
  const rss = story.hostRssBytes === undefined ? '' : `host ${Math.round(story.hostRssBytes / 2 ** 20)} MB  `;
  const link = story.uplink.connected ? 'good' : 'dim';
  const right = [
    span(rss, 'dim'),
    span(glyphs.dot, link),
    span(` mqtt :${brokerPort}  `, 'dim'),
    ...pumpState(story, nowMs, glyphs),
    span(' '),
  ];
  const rightWidth = Math.min(lineWidth(right), width);
  return [...fitLine(left, width - rightWidth), ...fitLine(right, rightWidth)];
}

function pumpState({ pump, readings, lastTelemetryMs }: Story, nowMs: number, { dot }: Glyphs): Span[] {
  const silentMs = nowMs - (lastTelemetryMs ?? nowMs);
  if (silentMs > SILENT_MS) return [span(dot, 'bad'), span(` pump silent ${Math.floor(silentMs / 1000)} s`, 'bold')];
  if (pump.standstill !== undefined) return [span(dot, 'notice'), span(' pump stopped', 'bold')];
  if (pump.stop !== undefined) return [span(dot, 'notice'), span(' pump stopping', 'bold')];
  const rate = readings.get('strokeRate');
  if (rate === undefined) return [span(dot, 'dim'), span(' pump', 'dim')];
  return [span(dot, pump.limit === undefined ? 'good' : 'bad'), span(` pump ${rate.toFixed(0)}/min`, 'bold')];
}

/** Always as many lines, so that nothing below jumps when the words change. */
function tellingLines({ headline, sentences, tone }: Narration, width: number): Line[] {
  const all = wrap(sentences.join(' '), width - 2);
  const last = TELLING_LINES - 2;
  const body = all.length <= last + 1 ? all : [...all.slice(0, last), fit(all.slice(last).join(' '), width - 2)];
  const lines: Line[] = [[span(` ${headline}`, HEADLINE_LOOK[tone])], ...body.map((text): Line => [span(` ${text}`)])];
  return Array.from({ length: TELLING_LINES }, (_, i) => lines[i] ?? []);
}

function eventLine({ atMs, tone, source, text }: StoryEvent, width: number): Line {
  return [
    span(` ${clock(atMs)}  ${fit(source, 9)}  `, 'dim'),
    span(fit(text, Math.max(0, width - 21)), TONE_LOOK[tone]),
  ];
}

function footerLine({ pump }: Story): Line {
  const more = pump.stop === undefined ? '' : '     npm start -- --keep-faulty shows it without the grant to write';
  return [span(' q', 'bold'), span(` ends${more}`, 'dim')];
}

/** Minutes, seconds and tenths. */
function clock(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  const seconds = Math.floor(tenths / 10);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
}
