import { customSection, inspectModule } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import {
  body,
  customSectionOf,
  END,
  FUNCREF,
  functionType,
  I32,
  moduleOf,
  nameOf,
  section,
  V128,
  vec,
} from './build-wasm.ts';

const test = suite('inspectModule');

const module = moduleOf(
  customSectionOf('first', [1, 2, 3]),
  section(1, vec(functionType([I32, V128], [I32]), functionType([], []))),
  section(
    2,
    vec(
      [...nameOf('log'), ...nameOf('write'), 0, 0],
      [...nameOf('host'), ...nameOf('limit'), 3, I32, 0],
      [...nameOf('host'), ...nameOf('counter'), 3, I32, 1],
      [...nameOf('host'), ...nameOf('handlers'), 1, FUNCREF, 1, 2, 8],
    ),
  ),
  section(3, vec([1], [1])),
  section(4, vec([0x6f, 0, 4])),
  section(5, vec([1, 1, 16])),
  section(6, vec([I32, 0, 0x23, 0, END])),
  section(
    7,
    vec([...nameOf('memory'), 2, 0], [...nameOf('run'), 0, 2], [...nameOf('objects'), 1, 1], [...nameOf('size'), 3, 2]),
  ),
  section(8, [1]),
  section(9, vec([0, 0x41, 0, END, ...vec([1])])),
  section(10, vec(body(), body(0x01, 0x01, 0x01))),
  section(11, vec([0, 0x41, 0, END, ...vec([7], [8])])),
  customSectionOf('second', []),
  customSectionOf('first', [9]),
);

test('is given a module that the engine takes', () => {
  assert.ok(WebAssembly.validate(module));
});

test('finds the imports in order with their types', () => {
  assert.deepEqual(inspectModule(module).imports, [
    { module: 'log', name: 'write', kind: 'function', type: { params: ['i32', 'v128'], results: ['i32'] } },
    { module: 'host', name: 'limit', kind: 'global', type: { value: 'i32', mutable: false } },
    { module: 'host', name: 'counter', kind: 'global', type: { value: 'i32', mutable: true } },
    { module: 'host', name: 'handlers', kind: 'table', type: { element: 'funcref', initial: 2, maximum: 8 } },
  ]);
});

test('finds the exports in order with the types of what they name', () => {
  assert.deepEqual(inspectModule(module).exports, [
    { name: 'memory', index: 0, kind: 'memory', type: { initial: 1, maximum: 16 } },
    { name: 'run', index: 2, kind: 'function', type: { params: [], results: [] } },
    { name: 'objects', index: 1, kind: 'table', type: { element: 'externref', initial: 4 } },
    { name: 'size', index: 2, kind: 'global', type: { value: 'i32', mutable: false } },
  ]);
});

test('finds memory, tables, functions, start and sizes', () => {
  const { memory, tables, functions, start, sizes, moduleBytes } = inspectModule(module);
  assert.deepEqual(memory, { initial: 1, maximum: 16, imported: false });
  assert.deepEqual(tables, [
    { element: 'funcref', initial: 2, maximum: 8, imported: true },
    { element: 'externref', initial: 4, imported: false },
  ]);
  const codeAt = Buffer.from(module).lastIndexOf(Buffer.from([0x00, 0x01, 0x01, 0x01, END]));
  assert.deepEqual(functions, { imported: 1, defined: 2, largest: { index: 2, offset: codeAt, bytes: 5 } });
  assert.equal(start, 1);
  assert.deepEqual(sizes, { code: 10, data: 8, element: 7, custom: 23 });
  assert.equal(moduleBytes, module.byteLength);
});

test('lists the accepted features that are used, in order', () => {
  assert.deepEqual(inspectModule(module).features, ['mutable-globals', 'reference-types', 'simd']);
});

test('finds custom sections with their place, and gives the first of a name', () => {
  const facts = inspectModule(module);
  assert.deepEqual(
    facts.customSections.map(({ name, bytes }) => ({ name, bytes })),
    [
      { name: 'first', bytes: 3 },
      { name: 'second', bytes: 0 },
      { name: 'first', bytes: 1 },
    ],
  );
  assert.deepEqual([...(customSection(facts, module, 'first') ?? [])], [1, 2, 3]);
  assert.deepEqual([...(customSection(facts, module, 'second') ?? [9])], []);
  assert.equal(customSection(facts, module, 'third'), undefined);
  assert.throws(() => customSection(facts, module.subarray(1), 'first'), RangeError);
});

test('takes the empty module', () => {
  const { imports, exports, memory, tables, functions, start } = inspectModule(moduleOf());
  assert.deepEqual([imports, exports, memory, tables, functions.defined, start], [[], [], undefined, [], 0, undefined]);
});

test.run();
