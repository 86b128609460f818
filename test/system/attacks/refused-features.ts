import { END, I32, nameOf, section } from '../../unit/host/sandbox/build-wasm.ts';
import { abiBinary, bodyWith } from './abi-binary.ts';
import type { Attack } from './attack.ts';

const BLOCK = 0x40;

const feature = (name: string, says: string, tries: string, bytes: () => Uint8Array): Attack => ({
  name: `feature-${name}`,
  tries,
  module: bytes,
  expected: { kind: 'refused', code: 'WASM_UNSUPPORTED', at: 'image', says },
});
const code = (name: string, says: string, tries: string, ...body: readonly number[]): Attack =>
  feature(name, says, tries, () => abiBinary(bodyWith([], body)));

/** Features of later versions that would take the meter's ground away. */
export const REFUSED_FEATURES: readonly Attack[] = [
  code('tail-call', 'tail-calls', 'Calls itself as a tail call: a loop that is none.', 0x12, 4),
  code('tail-call-indirect', 'tail-calls', 'Does the same through a table.', 0x41, 0, 0x13, 4, 0),
  code(
    'catch-all',
    'exceptions',
    'Catches whatever the host might throw to end it, and goes on.',
    ...[0x06, BLOCK, 0x10, 4, 0x19, END],
  ),
  code('try-table', 'exceptions', 'Does the same with the newer form.', 0x1f, BLOCK, 1, 2, 0, END),
  code('atomic-wait', 'threads', 'Waits on an address for ever, which would stop the thread.', 0xfe, 0x01, 2, 0),
  code('relaxed-simd', 'relaxed-simd', 'Computes what differs from processor to processor.', 0xfd, 0x80, 0x02),
  code('gc', 'gc', 'Makes objects in the heap of the host.', 0xfb, 0, 0),
  code('call-reference', 'function-references', 'Calls a function by reference.', 0x14, 4),
  code('stack-switching', 'stack-switching', 'Leaves its stack for another one.', 0xe0, 0),
  feature('tags', 'exceptions', 'Declares an exception.', () => withTagSection()),
  feature('shared-memory', 'threads', 'Shares its memory, so that it could change while the host reads it.', () =>
    replaceMemory([3, 8, 8]),
  ),
  feature('memory64', 'memory64', 'Addresses memory with 64 bits, beyond every check of the host.', () =>
    replaceMemory([4, 8]),
  ),
  feature('multi-memory', 'multi-memory', 'Has a second memory that nobody watches.', () =>
    abiBinary(bodyWith([], []), { memory: [[0, 1]] }),
  ),
  feature('imported-second-memory', 'multi-memory', 'Imports a second memory.', () =>
    abiBinary(bodyWith([], []), { import: [[...nameOf('env'), ...nameOf('memory'), 2, 0, 1]] }),
  ),
  feature('extended-constant', 'extended-const', 'Computes in the initial value of a global.', () =>
    abiBinary(bodyWith([], []), { global: [[I32, 0, 0x41, 1, 0x41, 1, 0x6a, END]] }),
  ),
];

function replaceMemory(limits: readonly number[]): Uint8Array {
  return splice(section(5, [1, 0, 8]), section(5, [1, ...limits]));
}

/** The tag section stands behind the memory. */
function withTagSection(): Uint8Array {
  const memory = section(5, [1, 0, 8]);
  return splice(memory, [...memory, ...section(13, [1, 0, 4])]);
}

function splice(section: readonly number[], by: readonly number[]): Uint8Array {
  const module = Buffer.from(abiBinary(bodyWith([], [])));
  const at = module.indexOf(Buffer.from(section));
  return Buffer.concat([module.subarray(0, at), Buffer.from(by), module.subarray(at + section.length)]);
}
