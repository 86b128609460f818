import { escapeControls } from '../security/index.ts';
import type { Finding } from './finding.ts';

const MARKS = { ok: 'ok', warning: 'WARN', error: 'ERROR' } as const;
const INDENT = '  ';
const NARROWEST = 40;

/** Findings as a table for a terminal of so many columns, with what follows from them in the last line. */
export function formatFindings(findings: readonly Finding[], columns: number): string {
  const markWidth = Math.max(...Object.values(MARKS).map(({ length }) => length));
  const nameWidth = Math.max(...findings.map(({ name }) => name.length));
  const left = INDENT.length + markWidth + 2 + nameWidth + 2;
  const lines = findings.flatMap(({ name, state, text }) => {
    const [first = '', ...more] = wrap(escapeControls(text), Math.max(NARROWEST, columns - left));
    const head = `${INDENT}${MARKS[state].padEnd(markWidth)}  ${name.padEnd(nameWidth)}  ${first}`;
    return [head, ...more.map((line) => `${' '.repeat(left)}${line}`)];
  });
  return `${lines.join('\n')}\n\n${conclusion(findings)}\n`;
}

function conclusion(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors > 0) return `${errors} error${errors === 1 ? '' : 's'}: this keeps a gateway from working.`;
  if (warnings > 0) return `A gateway works here; ${warnings} warning${warnings === 1 ? '' : 's'}.`;
  return 'A gateway works here.';
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
