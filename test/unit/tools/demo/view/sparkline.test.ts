import type { SeriesPoint } from '../../../../../tools/src/demo/series.ts';
import { glyphsFor } from '../../../../../tools/src/demo/view/glyphs.ts';
import { type Line, lineWidth } from '../../../../../tools/src/demo/view/paint.ts';
import { sparkline } from '../../../../../tools/src/demo/view/sparkline.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('sparkline');

const point = (value: number): SeriesPoint => ({ min: value, max: value, mean: value });
const text = (line: Line): string => line.map((span) => span.text).join('');
const options = { from: 0, to: 8, rows: 1, glyphs: glyphsFor({}), look: () => 'plain' as const };

test('a rising value is a rising line, one column a point', () => {
  const [line] = sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8].map(point), options);
  assert.equal(text(line!), '▁▁▂▃▄▅▆▇█');
});

test('values outside of the scale stay inside of the chart', () => {
  assert.equal(text(sparkline([-100, 100, NaN].map(point), options)[0]!).slice(0, 2), '▁█');
});

test('nothing measured is empty, a measured low is not', () => {
  assert.equal(text(sparkline([undefined, point(0), undefined], options)[0]!), ' ▁ ');
});

test('several rows stack to one bar', () => {
  const lines = sparkline([0, 4, 5, 8].map(point), { ...options, rows: 2 });
  assert.deepEqual(lines.map(text), ['  ▂█', '▁███']);
  assert.deepEqual(lines.map(lineWidth), [4, 4]);
});

test('neighbours of one look are one piece, others are apart', () => {
  const look = ({ min }: SeriesPoint) => (min > 4 ? ('bad' as const) : ('calm' as const));
  const [line] = sparkline([1, 2, 7, 7, 1].map(point), { ...options, look });
  assert.deepEqual(
    line?.map((span) => [span.text.length, span.look]),
    [
      [2, 'calm'],
      [2, 'bad'],
      [1, 'calm'],
    ],
  );
});

test('a terminal without block characters gets others', () => {
  assert.match(
    text(sparkline([1, 4, 8].map(point), { ...options, glyphs: glyphsFor({ TERM: 'linux' }) })[0]!),
    /^[ -~]{3}$/,
  );
});

test.run();
