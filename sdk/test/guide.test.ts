import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../test/lib/suite.ts';
import { compileAssembly } from '../../tools/src/module-build/index.ts';
import { desiredFrame, messageFrame } from './lib/event-frames.ts';
import { ModuleUnderTest } from './lib/module-under-test.ts';

const test = suite('sdk guide', { timeoutMs: 60_000 });

const guide = readFileSync(new URL('../../docs/sdk.md', import.meta.url), 'utf8');
const root = fileURLToPath(new URL('build', import.meta.url));

test('the first module of docs/sdk.md does what its test there says', async () => {
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, 'guide-'));
  try {
    const entry = join(folder, 'index.ts');
    writeFileSync(entry, /```ts\n(.*?)```/s.exec(guide)![1]!);
    const wasm = await compileAssembly(entry);
    assert.ok(Math.abs(wasm.byteLength - 10_500) < 1000, `"about 10 KB" are ${wasm.byteLength} bytes`);
    const module = ModuleUnderTest.open(wasm);
    const read = (pressure: number): string[] =>
      module
        .commit(messageFrame({ isJson: true, body: JSON.stringify({ pressure }) }))
        .emitted.map(({ body }) => `${body}`);
    assert.deepEqual(read(95), ['{"time":0,"pressure":95,"limit":90}']);
    assert.deepEqual(read(90), []);
    module.commit(desiredFrame({ body: '{"limit":80.5}' }));
    assert.deepEqual(read(90), ['{"time":0,"pressure":90,"limit":80.5}']);
    assert.deepEqual(module.commit(messageFrame({ body: 'no JSON' })).emitted, []);
    assert.deepEqual(module.host.invalid, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
