import { fit, fitRight, printable, textWidth, wrap } from '../../../../../tools/src/demo/view/text-width.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('text width');

const WIDTHS: readonly [string, number][] = [
  ['', 0],
  ['pump', 4],
  ['Größe', 5],
  ['▁▂▃▄▅▆▇█●▲─…', 12],
  ['e\u0301', 1],
  ['ポンプ', 6],
  ['펌프', 4],
  ['🛢️', 2],
  ['a\u200bb', 2],
];

for (const [text, width] of WIDTHS) {
  test(`${JSON.stringify(text)} takes ${width} columns`, () => assert.equal(textWidth(text), width));
}

test('a fitted text has exactly the width, whatever it is made of', () => {
  for (const [text] of [...WIDTHS, ['a long name that goes on', 0] as const, ['漢字漢字漢字', 0] as const]) {
    for (let width = 0; width < 15; width++) {
      assert.equal(textWidth(fit(text, width)), width, `${text} in ${width}`);
      assert.equal(textWidth(fitRight(text, width)), width, `${text} right in ${width}`);
    }
  }
});

test('a cut text says so', () => {
  assert.equal(fit('anomaly-guard', 8), 'anomaly…');
  assert.equal(fit('漢字漢字', 4), '漢… ');
  assert.equal(fitRight('7.5', 6), '   7.5');
});

test('nothing that a module or a device says reaches the terminal as a control', () => {
  assert.equal(printable('a\x1b[2Jb\r\nc\x07\x9bd\u202ee'), 'a [2Jb c d e');
});

test('breaks between words, and cuts a word that is longer than a line', () => {
  assert.deepEqual(wrap('the pump runs  well', 9), ['the pump', 'runs well']);
  assert.deepEqual(wrap('incomprehensible words', 8), ['incompr…', 'words']);
  assert.deepEqual(wrap('   ', 8), []);
});

test.run();
