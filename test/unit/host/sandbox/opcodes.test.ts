import { GatehouseError } from '../../../../host/src/errors.ts';
import { ByteReader } from '../../../../host/src/sandbox/byte-reader.ts';
import { inspectModule } from '../../../../host/src/sandbox/index.ts';
import { InstructionCursor } from '../../../../host/src/sandbox/instruction-cursor.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { END, leb, moduleWithCode } from './build-wasm.ts';

const test = suite('opcodes', { timeoutMs: 60_000 });

const PREFIXED = 0x140;
const UNREACHABLE = 0x00;
const BLOCKS = [0x02, 0x03, 0x04];

/** Every opcode that could be: single bytes, and numbers behind the prefix bytes. */
const opcodes: readonly (readonly number[])[] = [
  ...Array.from({ length: 0xfb }, (_, byte) => [byte]),
  ...[0xfb, 0xfc, 0xfd, 0xfe].flatMap((prefix) =>
    Array.from({ length: PREFIXED }, (_, number) => [prefix, ...leb(number)]),
  ),
  [0xff],
];

/** Immediates to try: none to twenty zero bytes, each valid for every index, label, alignment and lane; then the odd ones. */
const IMMEDIATES = [
  ...Array.from({ length: 21 }, (_, length) => Array<number>(length).fill(0)),
  [0x01, 0x7f],
  [0x70],
  [0x40],
];

/** `v128.const; unreachable`. Its first bytes are valid as no immediate but a number, and 0x27 is no opcode. */
const FOLLOWER = [0xfd, 0x0c, ...new Array<number>(16).fill(0x27), UNREACHABLE];

/**
 * A function in which any operand types fit, because the code before is unreachable. What is missing of the immediates eats from
 * the follower and makes the rest invalid, so the shortest that is valid shows how long they are.
 */
function moduleWith(opcode: readonly number[], immediates: readonly number[]): Uint8Array {
  const first = opcode[0] as number;
  if (first === 0x05) return moduleWithCode(UNREACHABLE, 0x04, 0x40, first, ...immediates, ...FOLLOWER, END);
  if (first === END) return moduleWithCode(0x02, 0x40, first, ...immediates, ...FOLLOWER);
  const close = BLOCKS.includes(first) ? [END] : [];
  return moduleWithCode(UNREACHABLE, ...opcode, ...immediates, ...FOLLOWER, ...close);
}

function refusalOf(bytes: Uint8Array): GatehouseError | undefined {
  try {
    inspectModule(bytes);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof GatehouseError, String(error));
    return error;
  }
}

/** How many bytes our cursor takes for one instruction; undefined if it refuses it. */
function lengthOf(code: readonly number[]): number | undefined {
  const reader = new ByteReader(Uint8Array.from(code));
  try {
    new InstructionCursor(reader).next();
    return reader.offset;
  } catch (error) {
    assert.ok(error instanceof GatehouseError, String(error));
    return undefined;
  }
}

test('takes as many bytes of immediates for every accepted opcode as the engine does', () => {
  let accepted = 0;
  for (const opcode of opcodes) {
    const immediates = IMMEDIATES.find((candidate) => WebAssembly.validate(moduleWith(opcode, candidate)));
    const length = lengthOf([...opcode, ...(immediates ?? new Array<number>(20).fill(0)), ...FOLLOWER]);
    if (length === undefined) continue;
    assert.equal(length, opcode.length + (immediates?.length ?? Number.NaN), `opcode ${opcode}`);
    accepted++;
  }
  assert.equal(accepted, 183 + 18 + 236);
});

test('calls what the engine takes and we do not unsupported, never malformed', () => {
  for (const opcode of opcodes) {
    for (const immediates of IMMEDIATES) {
      const bytes = moduleWith(opcode, immediates);
      const refusal = refusalOf(bytes);
      if (refusal === undefined || !WebAssembly.validate(bytes)) continue;
      assert.equal(refusal.code, 'WASM_UNSUPPORTED', `opcode ${opcode}: ${refusal.message}`);
    }
  }
});

test('names the feature of every opcode of other proposals at its offset', () => {
  const cases: readonly (readonly [feature: string, opcode: readonly number[]])[] = [
    ...[0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f].map((byte) => ['exceptions', [byte]] as const),
    ...[0x12, 0x13, 0x15].map((byte) => ['tail-calls', [byte]] as const),
    ...[0x14, 0xd4, 0xd5, 0xd6].map((byte) => ['function-references', [byte]] as const),
    ...[0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5].map((byte) => ['stack-switching', [byte]] as const),
    ['gc', [0xd3]],
    ['gc', [0xfb, 0x00]],
    ['gc', [0xfb, 0x1e]],
    ['stringref', [0xfb, 0x80, 0x01]],
    ['relaxed-simd', [0xfd, 0x80, 0x02]],
    ['relaxed-simd', [0xfd, 0x93, 0x02]],
    ['wide-arithmetic', [0xfc, 0x13]],
    ['threads', [0xfe, 0x00]],
    ['threads', [0xfe, 0x10]],
    ['multi-memory', [0x3f, 0x01]],
    ['multi-memory', [0x40, 0x01]],
    ['multi-memory', [0xfc, 0x0a, 0x00, 0x01]],
  ];
  for (const [feature, opcode] of cases) {
    const bytes = moduleWithCode(0x01, ...opcode, 0, 0);
    const nopAt = Buffer.from(bytes).indexOf(Buffer.from([0x01, ...opcode, 0, 0]));
    const isImmediate = feature === 'multi-memory';
    const offset = nopAt + 1 + (isImmediate ? opcode.length - 1 : 0);
    const refusal = refusalOf(bytes);
    assert.deepEqual([refusal?.code, refusal?.details], ['WASM_UNSUPPORTED', { feature, offset }], `opcode ${opcode}`);
  }
});

test('refuses an opcode nobody defined with its bytes', () => {
  for (const opcode of [[0x16], [0x27], [0xc5], [0xff], [0xfc, 0x12], [0xfd, 0x9a, 0x01], [0xfd, 0xa2, 0x01]]) {
    const refusal = refusalOf(moduleWithCode(...opcode));
    assert.equal(refusal?.code, 'WASM_MALFORMED', `opcode ${opcode}`);
    assert.equal(refusal?.details['expected'], 'an instruction');
  }
});

test('notes the features that the instructions need', () => {
  const featuresOf = (...code: readonly number[]): readonly string[] =>
    inspectModule(moduleWithCode(UNREACHABLE, ...code)).features;
  const given = featuresOf();
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['sign-extension', [0xc0]],
    ['saturating-conversion', [0xfc, 0x00]],
    ['reference-types', [0xd1]],
    ['reference-types', [0x25, 0x00]],
    ['reference-types', [0x1c, 0x01, 0x7f]],
    ['reference-types', [0xfc, 0x10, 0x00]],
    ['simd', [0xfd, 0x0e]],
    ['multi-value', [0x02, 0x00, END]],
  ];
  for (const [feature, code] of cases) {
    assert.ok(!given.includes(feature), feature);
    assert.ok(featuresOf(...code).includes(feature), `${feature} ${code}`);
  }
});

test.run();
