import { prepareModule, type SandboxLimits } from '../../../../host/src/sandbox/index.ts';
import { assert, report, suite } from '../../../lib/suite.ts';
import { body, END, FUNCREF, functionType, I32, leb, moduleOf, nameOf, section, vec } from './build-wasm.ts';
import { countSteps } from './count-steps.ts';

const test = suite('the work of rewriting', { timeoutMs: 120_000 });

const LIMITS: SandboxLimits = {
  moduleBytes: 2 ** 22,
  memoryBytes: 2 ** 20,
  tableEntries: 100_000,
  functionBytes: 131_072,
  fuelPerCall: 10_000_000,
  stackBytes: 262_144,
};
/** Doubling the module may double the work, with something for a logarithm. */
const RATIO_MAX = 2.3;

const repeat = (count: number, ...code: readonly number[]): number[] =>
  Array.from({ length: count }, () => code).flat();
const TYPES = section(1, vec(functionType([], []), functionType([I32], [I32])));

/** A module of these bodies, all of type () -> (), with a memory and a table of all functions. */
function moduleOfBodies(...bodies: readonly (readonly number[])[]): Uint8Array {
  const count = bodies.length;
  return moduleOf(
    TYPES,
    section(3, vec(...bodies.map(() => [0]))),
    section(4, vec([FUNCREF, 0, ...leb(count)])),
    section(5, vec([0, 1])),
    section(7, vec([...nameOf('f'), 0, 0])),
    section(9, vec([0, 0x41, 0, END, ...vec(...bodies.map((_, index) => leb(index)))])),
    section(10, vec(...bodies)),
  );
}

/** `body` for more code than a call may have arguments. */
const bodyOf = (code: readonly number[]): number[] => [leb(code.length + 2), [0], code, [END]].flat();
const oneOf = (...parts: readonly (readonly number[])[]): Uint8Array => moduleOfBodies(bodyOf(parts.flat()));
const many = (count: number, code: (index: number) => readonly number[]): Uint8Array =>
  moduleOfBodies(...Array.from({ length: count }, (_, index) => bodyOf(code(index))));

/** Each takes its size, and grows in proportion to it. */
const BOMBS: Readonly<Record<string, readonly [size: number, build: (size: number) => Uint8Array]>> = {
  'functions that call the next': [4_000, (size) => many(size, (index) => [0x10, ...leb((index + 1) % size)])],
  'functions that call the one before': [
    4_000,
    (size) => many(size, (index) => [0x10, ...leb(Math.max(0, index - 1))]),
  ],
  'functions that all call the last': [4_000, (size) => many(size, () => [0x10, ...leb(size - 1)])],
  'empty functions': [8_000, (size) => many(size, () => [])],
  'blocks within each other': [10_000, (size) => oneOf(repeat(size, 0x02, 0x40), repeat(size, END))],
  'loops within each other': [10_000, (size) => oneOf(repeat(size, 0x03, 0x40), repeat(size, END))],
  'ifs within each other': [8_000, (size) => oneOf(repeat(size, 0x41, 1, 0x04, 0x40), repeat(size, 0x05, END))],
  'branches out of deep nesting': [
    4_000,
    (size) => oneOf(repeat(size, 0x02, 0x40), repeat(size, 0x41, 0, 0x0d, ...leb(size)), repeat(size, END)),
  ],
  'loops one after the other': [10_000, (size) => oneOf(repeat(size, 0x03, 0x40, 0x41, 0, 0x0d, 0, END))],
  'targets of one branch table': [30_000, (size) => oneOf([0x41, 0, 0x0e, ...leb(size)], repeat(size + 1, 0))],
  'branch tables': [4_000, (size) => oneOf(repeat(size, 0x02, 0x40, 0x41, 0, 0x0e, 2, 0, 0, 0, END))],
  'groups of locals': [
    12_000,
    (size) => moduleOfBodies(withLocals(...vec(...Array.from({ length: Math.min(size, 16_000) }, () => [1, I32])))),
  ],
  'straight code': [20_000, (size) => oneOf(repeat(size, 0x41, 1, 0x1a))],
  'operands on the stack': [5_000, (size) => oneOf(repeat(size, 0x41, 1), repeat(size, 0x1a))],
  calls: [20_000, (size) => oneOf(repeat(size, 0x10, 0))],
  'calls through a table': [15_000, (size) => oneOf(repeat(size, 0x41, 0, 0x11, 0, 0))],
  'references of functions': [15_000, (size) => oneOf(repeat(size, 0xd2, 0, 0x1a))],
  'NaNs that can be seen': [5_000, (size) => oneOf(repeat(size, 0x43, 0, 0, 0, 0, 0x91, 0xbc, 0x1a))],
  'bulk instructions': [5_000, (size) => oneOf(repeat(size, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0))],
  'types of functions': [
    10_000,
    (size) => moduleOf(section(1, vec(...Array.from({ length: size }, () => functionType([I32], []))))),
  ],
  'imported functions': [
    4_000,
    (size) =>
      moduleOf(
        TYPES,
        section(2, vec(...Array.from({ length: size }, (_, at) => [...nameOf('m'), ...nameOf(`${at}`), 0, 0]))),
      ),
  ],
  'exports of one function': [
    10_000,
    (size) =>
      moduleOf(
        TYPES,
        section(3, vec([0])),
        section(7, vec(...Array.from({ length: size }, (_, at) => [...nameOf(`${at}`), 0, 0]))),
        section(10, vec(body())),
      ),
  ],
  globals: [10_000, (size) => moduleOf(section(6, vec(...Array.from({ length: size }, () => [I32, 0, 0x41, 0, END]))))],
};

/** A body of these encoded locals. */
function withLocals(...locals: readonly number[]): number[] {
  return [...leb(locals.length + 1), ...locals, END];
}

interface Work {
  readonly steps: number;
  readonly bytes: number;
}

function workOf(module: Uint8Array): Work {
  let bytes = 0;
  const steps = countSteps('/host/src/sandbox/', () => {
    bytes = prepareModule(module, LIMITS).bytes.byteLength;
  });
  return { steps, bytes };
}

test('grows in proportion to the module, and so does what comes out, whatever there is much of', () => {
  const rows: string[] = [];
  for (const [name, [size, build]] of Object.entries(BOMBS)) {
    const [half, whole] = [build(size / 2), build(size)];
    const [less, more] = [workOf(half), workOf(whole)];
    const steps = more.steps / less.steps;
    const bytes = more.bytes / less.bytes;
    const perByte = more.steps / whole.byteLength;
    rows.push(`${steps.toFixed(2)} ${bytes.toFixed(2)} ${perByte.toFixed(1).padStart(6)}  ${size} ${name}`);
    assert.ok(steps <= RATIO_MAX, `${name}: ${less.steps} steps for ${size / 2}, ${more.steps} for ${size}`);
    assert.ok(bytes <= RATIO_MAX, `${name}: ${less.bytes} bytes for ${size / 2}, ${more.bytes} for ${size}`);
  }
  report(`steps and bytes when doubled, steps a byte\n${rows.join('\n')}`);
});

test.run();
