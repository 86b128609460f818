import { COST_ROWS } from '../../../host/src/sandbox/instruction-costs.ts';
import { assert, suite } from '../../lib/suite.ts';
import { cellsOf, readDocument, readNumber, sectionOf } from './tables.ts';

const test = suite('docs/sandbox.md');

/** An opcode as the document has it: `0x10`, or `0xfc 8` behind a prefix. */
function readOpcode(text: string): number {
  const [first, number] = text.split(' ');
  return number === undefined ? Number(first) : Number(first) * 0x100 + Number(number);
}

test('has the cost of every instruction as the code has it', () => {
  const rows = sectionOf(readDocument('sandbox.md'), 'Costs')
    .split('\n')
    .filter((line) => line.startsWith('| 0x'))
    .map(cellsOf)
    .map(([opcodes, , units]) => {
      const [first, last = first] = opcodes!.split(' to ').map(readOpcode);
      return [first, last, readNumber(units!)];
    });
  assert.deepEqual(rows, COST_ROWS);
});

test.run();
