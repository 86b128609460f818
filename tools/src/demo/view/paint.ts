import { fit, textWidth } from './text-width.ts';

/** Looks of a piece of text; each has a meaning, not a colour, so that all of the picture changes together. */
export type Look =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'title'
  | 'good'
  | 'notice'
  | 'bad'
  | 'goodBold'
  | 'noticeBold'
  | 'badBold'
  | 'calm'
  | 'accent';

/** SGR parameters from the sixteen colours that every terminal has and every theme keeps readable. */
const SGR: Record<Look, string> = {
  plain: '',
  dim: '2',
  bold: '1',
  title: '1;36',
  good: '32',
  notice: '33',
  bad: '31',
  goodBold: '1;32',
  noticeBold: '1;33',
  badBold: '1;31',
  calm: '36',
  accent: '35',
};

/** A piece of one line. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** One line of the picture, before it becomes characters of a terminal. */
export type Line = readonly Span[];

export function span(text: string, look: Look = 'plain'): Span {
  return { text, look };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** The line in exactly `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const { text, look } of line) {
    const own = textWidth(text);
    if (own > left) {
      if (left > 0) spans.push({ text: fit(text, left), look });
      left = 0;
      break;
    }
    spans.push({ text, look });
    left -= own;
  }
  return left > 0 ? [...spans, span(' '.repeat(left))] : spans;
}

/** The line as characters of a terminal; without colour, only its text. */
export function paint(line: Line, hasColor: boolean): string {
  if (!hasColor) return line.map(({ text }) => text).join('');
  return line.map(({ text, look }) => (SGR[look] === '' ? text : `\x1b[${SGR[look]}m${text}\x1b[0m`)).join('');
}
