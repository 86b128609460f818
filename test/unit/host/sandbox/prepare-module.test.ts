import { inspectModule, prepareModule, type SandboxLimits } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import {
  body,
  customSectionOf,
  END,
  FUNCREF,
  functionType,
  I32,
  leb,
  moduleOf,
  moduleWithCode,
  nameOf,
  section,
  vec,
} from './build-wasm.ts';
import { refuses } from './refuses.ts';

const test = suite('prepareModule');

const PAGE = 65_536;
const LIMITS: SandboxLimits = {
  moduleBytes: 10_000,
  memoryBytes: 4 * PAGE,
  tableEntries: 100,
  fuelPerCall: 1_000_000,
  stackBytes: 65_536,
};

const memoryModule = (...limits: readonly number[]): Uint8Array =>
  moduleOf(section(5, vec(limits)), section(7, vec([...nameOf('memory'), 2, 0])));
const tableModule = (...tables: readonly (readonly number[])[]): Uint8Array => moduleOf(section(4, vec(...tables)));

test('[ABI-1.7] gives a memory without maximum the grant', () => {
  const { bytes } = prepareModule(memoryModule(0, 1), LIMITS);
  assert.deepEqual(inspectModule(bytes).memory, { initial: 1, maximum: 4, imported: false });
});

test('[ABI-1.7] lowers a maximum above the grant and keeps one below', () => {
  const maximumOf = (bytes: Uint8Array) => inspectModule(prepareModule(bytes, LIMITS).bytes).memory?.maximum;
  assert.equal(maximumOf(memoryModule(1, 1, ...leb(65_536))), 4);
  assert.equal(maximumOf(memoryModule(1, 1, 5)), 4);
  assert.equal(maximumOf(memoryModule(1, 1, 4)), 4);
  assert.equal(maximumOf(memoryModule(1, 1, 3)), 3);
});

test('rounds the grant down to whole pages', () => {
  const { bytes } = prepareModule(memoryModule(0, 1), { ...LIMITS, memoryBytes: 3 * PAGE - 1 });
  assert.equal(inspectModule(bytes).memory?.maximum, 2);
});

test('lets the memory grow to the grant and no further', () => {
  const { bytes } = prepareModule(memoryModule(0, 1), LIMITS);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const memory = exports['memory'] as WebAssembly.Memory;
  assert.equal(memory.grow(3), 1);
  assert.throws(() => memory.grow(1), RangeError);
  assert.equal(memory.buffer.byteLength, 4 * PAGE);
});

test('[ABI-1.7] caps every table', () => {
  const { bytes } = prepareModule(tableModule([FUNCREF, 0, 7], [0x6f, 1, 1, ...leb(1000)], [FUNCREF, 1, 1, 9]), LIMITS);
  assert.deepEqual(
    inspectModule(bytes).tables.map(({ initial, maximum }) => [initial, maximum]),
    [
      [7, 100],
      [1, 100],
      [1, 9],
    ],
  );
});

test('caps what is imported as well', () => {
  const bytes = moduleOf(
    section(
      2,
      vec([...nameOf('m'), ...nameOf('memory'), 2, 0, 1], [...nameOf('m'), ...nameOf('table'), 1, FUNCREF, 0, 1]),
    ),
  );
  const { imports } = inspectModule(prepareModule(bytes, LIMITS).bytes);
  assert.deepEqual(
    imports.map(({ type }) => type),
    [
      { initial: 1, maximum: 4 },
      { element: 'funcref', initial: 1, maximum: 100 },
    ],
  );
});

test('[ABI-1.7] refuses an initial size above the grant', () => {
  refuses(() => prepareModule(memoryModule(0, 5), LIMITS), 'WASM_LIMIT', {
    limit: 'memoryBytes',
    offset: 11,
    max: 4 * PAGE,
    got: 5 * PAGE,
  });
  refuses(() => prepareModule(tableModule([FUNCREF, 0, 101]), LIMITS), 'WASM_LIMIT', {
    limit: 'tableEntries',
    got: 101,
  });
  refuses(() => prepareModule(memoryModule(0, 1), { ...LIMITS, memoryBytes: PAGE - 1 }), 'WASM_LIMIT', { max: 0 });
});

test('refuses a module above its size before it looks at it', () => {
  refuses(() => prepareModule(new Uint8Array(10_001), LIMITS), 'WASM_LIMIT', { limit: 'moduleBytes', got: 10_001 });
});

test('refuses a function above its size, 128 KiB unless told', () => {
  const module = moduleWithCode(...new Array<number>(50).fill(0x01));
  refuses(() => prepareModule(module, { ...LIMITS, functionBytes: 53 }), 'WASM_LIMIT', {
    limit: 'functionBytes',
    got: 54,
  });
  prepareModule(module, { ...LIMITS, functionBytes: 54 });
  const nops = new Array<number>(131_072).fill(0x01);
  const large = moduleOf(
    section(1, vec(functionType([], []))),
    section(3, vec([0])),
    section(10, [[1], leb(nops.length + 2), [0], nops, [END]].flat()),
  );
  refuses(() => prepareModule(large, { ...LIMITS, moduleBytes: 2 ** 21 }), 'WASM_LIMIT', { max: 131_072 });
});

test('says what the engine finds wrong, and where', () => {
  const module = moduleWithCode(0x6a);
  inspectModule(module);
  const offset = Buffer.from(module).indexOf(Buffer.from([I32, 0x6a, END])) + 1;
  refuses(() => prepareModule(module, LIMITS), 'WASM_MALFORMED', { offset, expected: 'a module that validates' });
});

test('leaves imports, memory and data as they were, redundant integers included, and drops custom sections', () => {
  const before = customSectionOf('before', [1]);
  const types = [1, 0x84, 0x80, 0x00, ...vec(functionType([], []))];
  const imports = section(2, vec([...nameOf('m'), ...nameOf('f'), 0, 0x80, 0x00]));
  const memory = [5, 0x85, 0x00, 1, 1, 0x81, 0x00, 0x01];
  const data = section(11, vec([0, 0x41, 0x80, 0x00, END, 3, 7, 8, 9]));
  const { bytes } = prepareModule(
    moduleOf(before, types, imports, memory, data, customSectionOf('after', [2])),
    LIMITS,
  );
  const contains = (part: readonly number[]): boolean => Buffer.from(bytes).includes(Buffer.from(part));
  assert.ok(contains(imports) && contains(memory.slice(3)) && contains(data));
  assert.deepEqual(inspectModule(bytes).customSections, []);
  assert.equal(bytes.buffer.byteLength, bytes.byteLength, 'memory of its own, which can be handed over');
});

test('gives facts of the module as it was given', () => {
  const module = moduleOf(section(5, vec([0, 1])), customSectionOf('after', [1]));
  const { facts, bytes } = prepareModule(module, LIMITS);
  assert.deepEqual(facts, inspectModule(module));
  assert.notEqual(bytes.byteLength, facts.moduleBytes);
});

test('runs the rewritten module', () => {
  const module = moduleOf(
    section(1, vec(functionType([I32], [I32]))),
    section(3, vec([0])),
    section(5, vec([0, 1])),
    section(7, vec([...nameOf('grow'), 0, 0])),
    section(10, vec(body(0x20, 0, 0x40, 0))),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(prepareModule(module, LIMITS).bytes));
  const grow = exports['grow'] as (pages: number) => number;
  assert.deepEqual([grow(3), grow(1)], [1, -1]);
});

test('copies bytes in shared memory before it trusts them', () => {
  const module = memoryModule(1, 1, 2);
  const shared = new Uint8Array(new SharedArrayBuffer(module.byteLength));
  shared.set(module);
  const { bytes } = prepareModule(shared, LIMITS);
  assert.ok(bytes.buffer instanceof ArrayBuffer);
  assert.deepEqual([...bytes], [...prepareModule(module, LIMITS).bytes]);
});

test.run();
