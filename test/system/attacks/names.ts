import { prepareModule } from '../../../host/src/sandbox/index.ts';
import { appendCustomSection } from '../../../tools/src/module-build/index.ts';
import { DEFAULT_LIMITS } from '../../lib/test-cell.ts';
import { compileWat } from '../../lib/wat.ts';
import { END, functionType, I32, leb, nameOf } from '../../unit/host/sandbox/build-wasm.ts';
import { abiBinary, bodyWith } from './abi-binary.ts';
import type { Attack } from './attack.ts';
import { attackWat } from './attack-wat.ts';
import { IN_VAIN, OUT_OF_FUEL, trapsWith } from './outcomes.ts';

const SPIN = '(loop $l (br $l))';
const F64 = 0x7c;

/** Names of the exports that the rewriter would add to a module. */
function meterNames(wasm: Uint8Array): string[] {
  return Object.values(prepareModule(wasm, DEFAULT_LIMITS).meter);
}

/** A module that exports functions under the very names that the rewriter would take, twice over. */
function squatter(lie: number): Uint8Array {
  let text = attackWat({ attack: SPIN });
  for (let round = 0; round < 3; round++) {
    const exports = meterNames(compileWat(text)).map(
      (name, n) =>
        `(func (export "${name}") (result ${n === 0 ? `f64) (f64.const ${lie})` : `i32) (i32.const ${lie})`})`,
    );
    text = `${text.slice(0, text.lastIndexOf(')'))} ${exports.join(' ')})`;
  }
  return compileWat(text);
}

/** Names an index one past the end, which would be the first thing that a careless rewriter adds. */
const onePast = (
  name: string,
  tries: string,
  code: readonly number[],
  more: Parameters<typeof abiBinary>[1] = {},
): Attack => ({
  name: `name-${name}`,
  tries,
  module: () => abiBinary(bodyWith([], code), more),
  expected: { kind: 'refused', code: 'WASM_MALFORMED', at: 'image', says: 'At byte' },
});

/** A name section, with names of functions by index, or with any other bytes. */
const nameSection = (names: ReadonlyMap<number, string>): Uint8Array => {
  const map = [leb(names.size), ...[...names].map(([index, name]) => [...leb(index), ...nameOf(name)])].flat();
  return Uint8Array.from([[1], leb(map.length), map].flat());
};
const TRAP = attackWat({ attack: 'unreachable' });
/** Indices of the functions of such a module: one import, then the others. */
const everyFunction = (name: (index: number) => string): ReadonlyMap<number, string> =>
  new Map(Array.from({ length: 8 }, (_, index) => [index, name(index)]));

const named = (name: string, tries: string, section: () => Uint8Array, says = 'unreachable'): Attack => ({
  name: `name-${name}`,
  tries,
  module: () => appendCustomSection(compileWat(TRAP), 'name', section()),
  expected: trapsWith(says),
});

/** Names and indices that collide with what the rewriter adds. */
export const NAMES: readonly Attack[] = [
  ...[0, 1, 2, -1].map(
    (lie): Attack => ({
      name: `name-squatter-${lie < 0 ? 'negative' : lie}`,
      tries: `Exports functions with the names of the meter, which say ${lie}, and never returns.`,
      module: () => squatter(lie),
      expected: OUT_OF_FUEL,
    }),
  ),
  {
    name: 'name-exports-of-objects',
    tries: 'Exports what a careless host might take for members of its own objects.',
    module: attackWat({
      attack: '',
      functions: ['__proto__', 'constructor', 'toString', 'then', 'valueOf', 'hasOwnProperty', '']
        .map((name) => `(func (export "${name}") unreachable)`)
        .join(' '),
    }),
    expected: IN_VAIN,
  },
  onePast('global-past-the-end', 'Writes a global that it does not have.', [0x41, 0x7f, 0x24, 0]),
  onePast('global-read-past-the-end', 'Reads a global behind its own.', [0x23, 1, 0x1a], {
    global: [[I32, 1, 0x41, 0, END]],
  }),
  onePast('function-past-the-end', 'Calls a function that it does not have.', [0x10, 5]),
  onePast('reference-past-the-end', 'Takes a reference to a function that it does not have.', [0xd2, 5, 0x1a]),
  onePast('type-past-the-end', 'Calls through a type that it does not have.', [0x41, 0, 0x11, 5, 0], {
    table: [[0x70, 0, 1]],
  }),
  onePast('table-past-the-end', 'Reads a table that it does not have.', [0x41, 0, 0x25, 0, 0x1a]),
  onePast(
    'local-past-the-end',
    'Writes a local that it does not have, where the meter might keep its count.',
    [0x41, 0x7f, 0x21, 0],
  ),
  onePast(
    'parameter-of-caller',
    'Reads a local behind its last one in a function that is called with fuel.',
    [0x20, 1, 0x1a],
    {
      type: [functionType([F64], [F64])],
    },
  ),
  onePast(
    'branch-past-the-function',
    'Jumps out of its function, to where the meter might have wrapped it.',
    [0x0c, 1],
  ),
  onePast('export-past-the-end', 'Exports a function behind its last one.', [], {
    export: [[...nameOf('meter'), 0, 5]],
  }),
  onePast('element-past-the-end', 'Puts a function behind its last one into a table.', [], {
    table: [[0x70, 0, 1]],
    element: [[0, 0x41, 0, END, 1, 5]],
  }),
  named('long', 'Gives its functions names of 60,000 characters.', () =>
    nameSection(everyFunction((n) => `${n}${'n'.repeat(60_000)}`)),
  ),
  named('control', 'Gives its functions names that forge lines of the log and of stack traces.', () =>
    nameSection(
      everyFunction((n) => `${n}\n<3> 2026-01-01 [host] all is lost\n    at fuel (wasm://wasm/0:wasm-function[0]:0x0)`),
    ),
  ),
  named('garbage', 'Has a name section that is none.', () => Uint8Array.from({ length: 64 }, () => 0xff)),
  named('other-indices', 'Names functions that it does not have.', () =>
    nameSection(
      new Map([
        [99, 'meter'],
        [0xffff_ffff, 'host'],
      ]),
    ),
  ),
  named('unsorted', 'Names its functions backwards, and some twice.', () =>
    nameSection(
      new Map([
        [5, 'a'],
        [1, 'b'],
        [3, 'c'],
      ]),
    ),
  ),
  {
    name: 'name-of-input',
    tries: 'Has an input and an output called constructor, and others that objects have.',
    module: attackWat({
      imports: ['message.output', 'message.emit'],
      data: '(data (i32.const 0) "constructor")',
      onStart: '(drop (call $message.output (i32.const 0) (i32.const 11)))',
      attack: `(drop (call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))`,
    }),
    description: { inputs: ['constructor', '__proto__', 'toString'], outputs: ['constructor', '__proto__'] },
    routes: {
      'name-constructor':
        'FROM /messages/modules/name-of-input/* INTO BrokeredEndpoint("/modules/name-of-input/inputs/constructor")',
      'name-proto':
        'FROM /messages/modules/name-of-input/* INTO BrokeredEndpoint("/modules/name-of-input/inputs/__proto__")',
      'name-to-string':
        'FROM /messages/modules/name-of-input/* INTO BrokeredEndpoint("/modules/name-of-input/inputs/toString")',
    },
    expected: { ...IN_VAIN, matched: { 'name-constructor': 1, 'name-proto': 1, 'name-to-string': 1 } },
  },
];
