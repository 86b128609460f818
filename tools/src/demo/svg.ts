import type { Line, Look } from './view/paint.ts';

const COLUMN = 8.4;
const ROW = 18;
const MARGIN = 14;
const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace';

const COLORS: Record<Look, { fill: string; bold?: boolean }> = {
  plain: { fill: '#d0d7de' },
  dim: { fill: '#7d8590' },
  bold: { fill: '#f0f6fc', bold: true },
  title: { fill: '#56d4dd', bold: true },
  good: { fill: '#56d364' },
  notice: { fill: '#e3b341' },
  bad: { fill: '#ff7b72' },
  goodBold: { fill: '#56d364', bold: true },
  noticeBold: { fill: '#e3b341', bold: true },
  badBold: { fill: '#ff7b72', bold: true },
  calm: { fill: '#56d4dd' },
  accent: { fill: '#d2a8ff' },
};

/** A picture of the terminal view as SVG, for documents. */
export function toSvg(lines: readonly Line[], columns: number): string {
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = lines.length * ROW + 2 * MARGIN;
  const rows = lines.map((line, row) => {
    let column = 0;
    const spans = line.map(({ text, look }) => {
      const x = (MARGIN + column * COLUMN).toFixed(1);
      column += [...text].length;
      if (text.trim() === '') return '';
      const { fill, bold } = COLORS[look];
      const length = ([...text].length * COLUMN).toFixed(1);
      return `<tspan x="${x}" textLength="${length}" fill="${fill}"${bold ? ' font-weight="bold"' : ''}>${escapeXml(text)}</tspan>`;
    });
    return `<text y="${MARGIN + (row + 0.75) * ROW}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="14">
<title>Gatehouse: the terminal view of npm start</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${rows.join('\n')}
</svg>
`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
