import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCS = fileURLToPath(new URL('../../../docs', import.meta.url));

export const readDocument = (name: string): string => readFileSync(`${DOCS}/${name}`, 'utf8');

/** The text below a heading, up to the next heading of the same or a higher level. */
export function sectionOf(document: string, heading: string): string {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`no heading ${heading}`);
  const level = lines[start]!.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** Rows of the tables in a text that begin with a name in backquotes. */
export const namedRows = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| `'));

/** The cells of a row, without backquotes around and thousands separators inside. */
export const cellsOf = (row: string): string[] =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));

/** A number as the documents write it. */
export const readNumber = (cell: string): number => Number(cell.replaceAll(',', ''));
