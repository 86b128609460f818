import { parseAddressText } from '../../../../../host/src/drivers/modbus/address-text.ts';
import { planReads } from '../../../../../host/src/drivers/modbus/read-plan.ts';
import { formatRange } from '../../../../../host/src/drivers/modbus/register-range.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('modbus read plan');

/** The requests that read these ranges, as address texts; `!` marks those that read over gaps. */
function planned(texts: readonly string[], maxGap = 0): string[] {
  const ranges = texts.map((text) => {
    const parsed = parseAddressText(text);
    if (parsed.kind === 'problem') throw new Error(text);
    return parsed.range;
  });
  return planReads([ranges], maxGap).reads.map(
    ({ request, readsGaps }) => formatRange(request) + (readsGaps ? '!' : ''),
  );
}

for (const [what, texts, maxGap, expected] of [
  ['joins neighbours', ['holding:0-4', 'holding:5-9'], 0, ['holding:0-9']],
  ['joins neighbours that are declared the other way round', ['holding:5-9', 'holding:0-4'], 0, ['holding:0-9']],
  ['joins ranges that overlap', ['holding:0-5', 'holding:3-9', 'holding:4'], 0, ['holding:0-9']],
  [
    'keeps tables apart',
    ['holding:0', 'input:1', 'coil:2', 'discrete:3'],
    100,
    ['coil:2', 'discrete:3', 'holding:0', 'input:1'],
  ],
  ['leaves a gap of one when none is allowed', ['holding:0', 'holding:2'], 0, ['holding:0', 'holding:2']],
  ['reads over a gap as large as allowed', ['holding:0', 'holding:9'], 8, ['holding:0-9!']],
  ['does not read over a larger one', ['holding:0', 'holding:10'], 8, ['holding:0', 'holding:10']],
  ['joins up to 125 registers', ['holding:0-99', 'holding:100-124'], 0, ['holding:0-124']],
  [
    'never splits a range that fits into one request',
    ['holding:0-99', 'holding:100-125'],
    0,
    ['holding:0-99', 'holding:100-125'],
  ],
  ['joins up to 2,000 bits', ['coil:0-999', 'coil:1000-1999'], 0, ['coil:0-1999']],
  ['reads a long range in pieces', ['input:10-309'], 0, ['input:10-134', 'input:135-259', 'input:260-309']],
  ['joins the last piece with what follows', ['input:0-129', 'input:130-139'], 0, ['input:0-124', 'input:125-139']],
] as const) {
  test(what, () => {
    assert.deepEqual(planned(texts, maxGap), expected);
  });
}

test('makes one block for each declared range, in their order', () => {
  const plan = planReads(
    [
      [
        { table: 3, address: 5, count: 1 },
        { table: 1, address: 0, count: 3 },
      ],
    ],
    0,
  );
  assert.equal(
    Buffer.from(plan.lists[0]!.template).toString('hex'),
    '0300050001000000000000000100000003000000000000000000' + '0000',
  );
});

test.run();
