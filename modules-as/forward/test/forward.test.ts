import { readFileSync } from 'node:fs';
import { messageFrame, methodFrame, startFrame } from '../../../sdk/test/lib/event-frames.ts';
import { ModuleUnderTest } from '../../../sdk/test/lib/module-under-test.ts';
import { assert, suite } from '../../../test/lib/suite.ts';
import { buildModules } from '../../../tools/src/module-build/index.ts';

const test = suite('forward');
const [built] = await buildModules(['forward']);
const release = readFileSync(built!.file);
const debug = readFileSync(built!.file.replace(/\.wasm$/, '.debug.wasm'));

test('the release file is at most 4 KB, its description included', () => {
  assert.ok(release.byteLength <= 4096, `${release.byteLength} bytes`);
  const sections = WebAssembly.Module.customSections(new WebAssembly.Module(release), 'gatehouse.manifest');
  assert.equal(sections.length, 1);
  const manifest = JSON.parse(Buffer.from(sections[0]!).toString('utf8')) as { name: string; outputs: string[] };
  assert.deepEqual([manifest.name, manifest.outputs], ['forward', ['out']]);
});

for (const [target, wasm] of Object.entries({ release, debug })) {
  test(`${target}: properties, body and content type of a message pass through unchanged`, () => {
    const module = ModuleUnderTest.open(wasm);
    module.commit(startFrame());
    const body = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const properties = [
      ['k', 'v'],
      ['ü', '€😀'],
      ['$.ct', 'text/plain'],
      ['empty', ''],
    ] as const;
    for (const isJson of [false, true]) {
      const { emitted } = module.commit(messageFrame({ isJson, properties, body }));
      assert.deepEqual(emitted, [{ output: 'out', isJson, properties, body }]);
    }
    assert.deepEqual(module.commit(messageFrame()).emitted, [
      { output: 'out', isJson: false, properties: [], body: Buffer.alloc(0) },
    ]);
    assert.deepEqual(module.host.invalid, []);
  });

  test(`${target}: nothing is allocated for a message, whatever its size`, () => {
    const module = ModuleUnderTest.open(wasm);
    module.commit(messageFrame({ body: 'x'.repeat(200_000) }));
    const { memoryBytes } = module;
    for (let index = 0; index < 10_000; index++) module.commit(messageFrame({ body: 'x'.repeat(index % 1000) }));
    assert.equal(module.memoryBytes, memoryBytes);
  });

  test(`${target}: a direct method is refused, since there is none`, () => {
    assert.deepEqual(ModuleUnderTest.open(wasm).deliver(methodFrame(1, 'x')), { kind: 'refused', status: 1 });
  });
}

test.run();
