import { styleText } from 'node:util';
import type { Problem } from '../errors.ts';

/** Where the text goes; colours are used on a terminal only, and not when NO_COLOR is set. */
export interface ProblemTarget {
  readonly isTTY?: boolean;
}

const COLOURS = { error: 'red', warning: 'yellow', note: 'blue' } as const satisfies Record<Problem['severity'], Style>;

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/**
 * Problems for people: grouped by file, one line each with line and column, severity, sentence, code and path, and a
 * summary at the end. Ends with a line feed.
 *
 * @param startsNothing a problem concerns the files as a whole, so that modules without one do not start either
 */
export function formatProblems(
  problems: readonly Problem[],
  target: ProblemTarget = {},
  startsNothing = false,
): string {
  const colored = target.isTTY === true && !process.env['NO_COLOR'];
  const paint: Paint = colored ? (style, text) => styleText(style, text) : (_, text) => text;
  const files = [...new Set(problems.map(({ file }) => file))];
  const blocks = files.map((name) =>
    formatFile(
      name,
      problems.filter(({ file }) => file === name),
      paint,
    ),
  );
  return [...blocks, `${summarize(problems, startsNothing, paint)}\n`].join('\n');
}

function formatFile(file: string, problems: readonly Problem[], paint: Paint): string {
  const places = problems.map(({ line, column }) => (line === undefined ? '' : `${line}:${column}`));
  const width = Math.max(...places.map((place) => place.length));
  const lines = problems.map((problem, index) => {
    const { severity, message, code, path } = problem;
    const mark = paint(COLOURS[severity], severity.padEnd(7));
    const where = path === '' ? code : `${code} ${visible(path)}`;
    const place = width === 0 ? '' : `${paint('dim', places[index]!.padStart(width))}  `;
    return `  ${place}${mark}  ${visible(message)}  ${paint('dim', where)}\n`;
  });
  return `${paint('underline', visible(file))}\n${lines.join('')}`;
}

function summarize(problems: readonly Problem[], startsNothing: boolean, paint: Paint): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  if (errors.length + warnings === 0) return paint('green', 'no problems');
  const modules = [...new Set(errors.flatMap(({ module }) => module ?? []))].sort().map(visible);
  const text = `${count(errors.length, 'error')}, ${count(warnings, 'warning')}${startsNothing ? '; nothing can start' : blocked(modules)}`;
  return paint(['bold', errors.length > 0 ? 'red' : 'yellow'], text);
}

function blocked(modules: readonly string[]): string {
  if (modules.length === 0) return '';
  return `; ${modules.length === 1 ? 'the module' : 'the modules'} ${modules.join(', ')} cannot start`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Names in files are the author's; what would move the cursor or turn the text around is shown as an escape. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
