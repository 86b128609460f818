import { assert, suite } from '../../../lib/suite.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../../lib/wat.ts';
import { brief, load, moduleFile, wasmModule } from './deployment-folder.ts';

const test = suite('check of module files');
const UP = { up: 'FROM /messages/modules/m/* INTO $upstream' };
const IMAGE = 'modules.m.settings.image (m)';

/** Problems of a deployment with one module `m`, and whether it would start. */
async function check(file: Uint8Array | string, settings: object = {}) {
  const { loaded, problems } = await load({
    modules: { m: wasmModule(settings) },
    routes: UP,
    files: { 'm.wasm': file },
  });
  return { starts: loaded?.modules.length === 1, loaded, problems: problems.map(brief) };
}

async function refuses(file: Uint8Array | string, expected: string[], settings: object = {}): Promise<void> {
  const { starts, loaded, problems } = await check(file, settings);
  assert.deepEqual(problems, expected);
  assert.equal(starts, false);
  assert.ok(loaded !== undefined, 'a problem of one module does not stop the others');
}

const wat = (text: string) => compileWat(`(module ${text})`);
const EXPORTS = `
  (memory (export "memory") 1)
  (func (export "gatehouse_abi_version") (result i32) (i32.const 1))
  (func (export "gatehouse_alloc") (param i32) (result i32) (i32.const 0))
  (func (export "gatehouse_handle") (param i32 i32) (result i32) (i32.const 0))`;

test('finds nothing wrong with a module that follows the ABI', async () => {
  const { starts, problems } = await check(moduleFile());
  assert.deepEqual(problems, []);
  assert.ok(starts);
});

test('reports a file that is not there, is a folder, or is empty', async () => {
  const missing = await load({ modules: { m: wasmModule() }, routes: UP });
  assert.deepEqual(missing.problems.map(brief), [
    `error MODULE_MISSING ${IMAGE}: the module file m.wasm does not exist`,
  ]);
  const folder = await load({ modules: { m: wasmModule({}, 'sub') }, routes: UP, files: { 'sub/x': '' } });
  assert.deepEqual(folder.problems.map(brief), [`error MODULE_MISSING ${IMAGE}: the module file sub is a folder`]);
  const { problems } = await check('');
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^error WASM_MALFORMED modules\.m\.settings\.image \(m\): /);
});

test('reports a file that is no module, with the byte', async () => {
  const { problems } = await check('#!/bin/sh\necho no module\n');
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^error WASM_MALFORMED .* byte 0: expected/);
});

test('[ABI-1.1] reports a feature that is not accepted', async () => {
  // A memory with the flag of 64-bit addresses.
  const memory64 = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 1]);
  const { problems } = await check(memory64);
  assert.match(problems[0]!, /^error WASM_UNSUPPORTED .*memory64/);
});

test('[ABI-1.3] reports every export that is missing or has another type', async () => {
  await refuses(wat('(memory 1)'), [
    `error ABI_EXPORT ${IMAGE}: the module must export its memory as "memory"`,
    `error ABI_EXPORT ${IMAGE}: the module lacks the export "gatehouse_abi_version" of type () -> i32`,
    `error ABI_EXPORT ${IMAGE}: the module lacks the export "gatehouse_alloc" of type (i32) -> i32`,
    `error ABI_EXPORT ${IMAGE}: the module lacks the export "gatehouse_handle" of type (i32, i32) -> i32`,
  ]);
  const wrong = wat(`
    (global (export "memory") i32 (i32.const 1))
    (memory (export "gatehouse_alloc") 1)
    (func (export "gatehouse_abi_version") (result i64) (i64.const 1))
    (func (export "gatehouse_handle") (param i32) (result i32) (i32.const 0))
    (func (export "_initialize") (param i32))`);
  await refuses(wrong, [
    `error ABI_EXPORT ${IMAGE}: the module must export its memory as "memory", got a global of that name`,
    `error ABI_EXPORT ${IMAGE}: the module must export "gatehouse_abi_version" of type () -> i32, got () -> i64`,
    `error ABI_EXPORT ${IMAGE}: the module must export "gatehouse_alloc" of type (i32) -> i32, got a memory`,
    `error ABI_EXPORT ${IMAGE}: the module must export "gatehouse_handle" of type (i32, i32) -> i32, got (i32) -> i32`,
    `error ABI_EXPORT ${IMAGE}: the module must export "_initialize" of type () -> (), got (i32) -> ()`,
  ]);
});

test('[ABI-1.2] reports a memory that is imported', async () => {
  const imported = wat(
    `(import "env" "memory" (memory 1)) ${EXPORTS.replace('(memory (export "memory") 1)', '(export "memory" (memory 0))')}`,
  );
  await refuses(imported, [`error ABI_IMPORT ${IMAGE}: the module imports its memory; it must define it`]);
});

test('[ABI-1.5] reports every import that the ABI does not have', async () => {
  const imports = `
    (import "env" "abort" (func (param i32 i32 i32 i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (import "mesage" "emit" (func (param i32) (result i32)))
    (import "message" "emitt" (func (param i32) (result i32)))
    (import "message" "emit" (func (param i32 i32) (result i32)))
    (import "timer" "clear" (func (param i64) (result i32)))
    (import "log" "level" (global i32))
    (import "toString" "constructor" (func))
    (import "message" "toString" (func))`;
  await refuses(moduleFile({ imports }), [
    `error ABI_IMPORT ${IMAGE}: the module imports "env.abort", which the ABI does not have; build AssemblyScript modules with the SDK, which has an abort of its own`,
    `error ABI_IMPORT ${IMAGE}: the module imports "wasi_snapshot_preview1.fd_write", which the ABI does not have; a module has no system interface, build it without WASI`,
    `error ABI_IMPORT ${IMAGE}: the module imports "mesage.emit", which the ABI does not have; did you mean "message"?`,
    `error ABI_IMPORT ${IMAGE}: the module imports "message.emitt", which the ABI does not have; did you mean "emit"?`,
    `error ABI_IMPORT ${IMAGE}: the module imports "message.emit" with type (i32, i32) -> i32; expected (i32, i32, i32, i32, i32, i32) -> i32`,
    `error ABI_IMPORT ${IMAGE}: the module imports "timer.clear" with type (i64) -> i32; expected (i32) -> i32`,
    `error ABI_IMPORT ${IMAGE}: the module imports "toString.constructor", which the ABI does not have`,
    `error ABI_IMPORT ${IMAGE}: the module imports "message.toString", which the ABI does not have`,
    `error ABI_IMPORT ${IMAGE}: the module imports a global, "log.level"; only functions can be imported`,
  ]);
});

const KV = `${MESSAGE_IMPORTS}
  (import "kv" "get" (func (param i32 i32 i32 i32) (result i32)))
  (import "kv" "remove" (func (param i32 i32) (result i32)))`;

test('[ABI-1.5] reports an import without a grant, naming the import and the missing grant', async () => {
  await refuses(moduleFile({ imports: KV }), [
    'error IMPORT_NOT_GRANTED modules.m.settings.grants (m): the module imports "kv.get", "kv.remove" without the grant "kv"',
  ]);
  assert.ok((await check(moduleFile({ imports: KV }), { grants: { kv: { bytes: 1 } } })).starts);
});

test('[ABI-8.3] a capability that the module does not ask for is not granted', async () => {
  const grants = { kv: { bytes: 100 } };
  await refuses(
    moduleFile({ imports: KV, description: { capabilities: [] } }),
    [
      `error IMPORT_NOT_GRANTED ${IMAGE}: the module imports "kv.get", "kv.remove", but its description does not ask for the capability "kv"`,
      'warning GRANT_INVALID modules.m.settings.grants.kv (m): the module does not ask for the capability "kv"; the grant has no effect',
    ],
    { grants },
  );
  const { loaded, problems } = await check(moduleFile({ description: { capabilities: [] } }), { grants });
  assert.equal(problems.length, 1);
  assert.deepEqual(loaded?.modules[0]?.spec.grants, {});
});

test('[ABI-8.3] a limit is the lower one of what is asked and what is granted', async () => {
  const description = { limits: { timers: 2, memoryBytes: 8_388_608 } };
  const { loaded, problems } = await check(moduleFile({ description }), { limits: { timers: 9 } });
  assert.deepEqual(problems, [
    'warning WASM_LIMIT modules.m.settings.limits.memoryBytes (m): the module asks for 8388608 and is granted 4194304',
  ]);
  assert.equal(loaded?.modules[0]?.spec.limits.timers, 2);
  assert.equal(loaded?.modules[0]?.spec.limits.memoryBytes, 4_194_304);
});

test('[ABI-1.7] reports an initial memory above the grant at the limit that could allow it', async () => {
  const { starts, problems } = await check(moduleFile({ pages: 3 }), { limits: { memoryBytes: 131_072 } });
  assert.equal(starts, false);
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^error WASM_LIMIT modules\.m\.settings\.limits\.memoryBytes \(m\): .*196608.*131072/);
});

test('reports a file that is larger than the module may be, without reading it', async () => {
  const { starts, problems } = await check('x'.repeat(101), { limits: { moduleBytes: 100 } });
  assert.equal(starts, false);
  assert.deepEqual(problems, [
    'error WASM_LIMIT modules.m.settings.limits.moduleBytes (m): the module file has 101 bytes, moduleBytes allows 100',
  ]);
});

test('reports a function that is larger than a function of the module may be', async () => {
  const { starts, problems } = await check(moduleFile(), { limits: { functionBytes: 10 } });
  assert.equal(starts, false);
  assert.match(problems.join(), /^error WASM_LIMIT modules\.m\.settings\.limits\.functionBytes \(m\): /);
});

test('[ABI-8.1] reports a description that cannot be read', async () => {
  const { starts, problems } = await check(moduleFile({ description: '{ "name": "m" ' }));
  assert.equal(starts, false);
  assert.match(problems[0]!, /^error MODULE_MANIFEST_INVALID modules\.m\.settings\.image \(m\): /);
});

test('[ABI-9.1] reports a module that is made for another version of the ABI', async () => {
  await refuses(moduleFile({ description: { abi: 2 } }), [
    `error ABI_VERSION ${IMAGE}: the module is made for version 2 of the ABI; this host has version 1`,
  ]);
});

test('[ABI-8.2] reports a configured input that the module does not have', async () => {
  const settings = { inputs: { reading: {}, readings: {} } };
  const routes = { in: 'FROM /messages/* INTO BrokeredEndpoint("/modules/m/inputs/readings")' };
  const files = { 'm.wasm': moduleFile({ description: { inputs: ['readings'] } }) };
  const { problems } = await load({ modules: { m: wasmModule(settings) }, routes, files });
  assert.deepEqual(problems.map(brief), [
    'error MANIFEST_INVALID modules.m.settings.inputs.reading (m): the module has no input "reading"; did you mean "readings"?',
  ]);
});

test('warns of a capability that this host does not have and the module does not use', async () => {
  const { starts, problems } = await check(moduleFile({ description: { capabilities: ['nfc'] } }));
  assert.ok(starts);
  assert.deepEqual(problems, [
    `warning ABI_IMPORT ${IMAGE}: the module asks for the capability "nfc", which this host does not have`,
  ]);
});

test('a module that is wrong does not keep the others from starting', async () => {
  const modules = { bad: wasmModule({}, 'bad.wasm'), docker: { type: 'docker', settings: {} }, good: wasmModule() };
  const routes = { a: 'FROM /messages/modules/bad/* INTO BrokeredEndpoint("/modules/good/inputs/in")' };
  const { loaded, problems } = await load({ modules, routes, files: { 'm.wasm': moduleFile(), 'bad.wasm': 'no' } });
  assert.deepEqual(
    problems.map(({ code, module }) => [code, module]),
    [
      ['WASM_MALFORMED', 'bad'],
      ['MANIFEST_INVALID', 'docker'],
    ],
  );
  assert.deepEqual(
    loaded?.modules.map(({ spec }) => spec.id),
    ['good'],
  );
  assert.ok(WebAssembly.validate(Uint8Array.from(loaded!.modules[0]!.image.wasm)));
});

test('the memory of a loaded module cannot grow beyond the grant', async () => {
  const { loaded } = await check(compileWat(guestWat({ imports: MESSAGE_IMPORTS, handle: '(i32.const 0)' })), {
    limits: { memoryBytes: 196_608 },
  });
  const stub = () => 0;
  const imports = { message: { output: stub, emit: stub } };
  const module = new WebAssembly.Module(Uint8Array.from(loaded!.modules[0]!.image.wasm));
  const { memory } = new WebAssembly.Instance(module, imports).exports as { memory: WebAssembly.Memory };
  assert.equal(memory.grow(1), 2);
  assert.throws(() => memory.grow(1), RangeError);
});

test('modules with the same content and limits share one image, whatever their files are called', async () => {
  const limits = { memoryBytes: 131_072 };
  const { loaded, problems } = await load({
    modules: { a: wasmModule(), b: wasmModule(), copy: wasmModule({}, 'copy.wasm'), small: wasmModule({ limits }) },
    files: { 'm.wasm': moduleFile(), 'copy.wasm': moduleFile() },
  });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  const [a, b, copy, small] = loaded!.modules.map(({ image }) => image);
  assert.ok(a === b && a === copy);
  assert.ok(small !== a);
});

test('a file that is read already is still too large for a module that may have less', async () => {
  const limits = { moduleBytes: 100 };
  const { problems } = await load({
    modules: { a: wasmModule(), b: wasmModule({ limits }) },
    files: { 'm.wasm': moduleFile() },
  });
  const found = problems.filter(({ severity }) => severity === 'error').map(({ code, module }) => [code, module]);
  assert.deepEqual(found, [['WASM_LIMIT', 'b']]);
});

test.run();
