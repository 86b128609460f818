import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileAssemblyFile } from '../../../tools/src/module-build/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';

const test = suite('where a module trapped', { timeoutMs: 60_000 });
const ENTRY = fileURLToPath(new URL('../../../sdk/test/assembly/trapping.ts', import.meta.url));
const LINES = readFileSync(ENTRY, 'utf8').split('\n');
const lineOf = (part: string): number => LINES.findIndex((line) => line.includes(part)) + 1;

/** What a gateway says of a module that divides by zero. */
async function trapOf(image: string | Uint8Array): Promise<string> {
  const module = typeof image === 'string' ? { settings: { image } } : { wasm: image };
  const host = await TestGateway.open({ modules: { m: module }, routes: {}, gateway: { deviceId: 'gw' } });
  try {
    await host.reaches('m', 'running');
    await host.gateway.invokeMethod('m', 'divide', undefined);
    const failed = await until('the failure', () => host.states.find(({ state }) => state === 'failed'));
    assert.equal(failed.code, 'MODULE_TRAPPED');
    assert.ok(
      host.logs.some(({ text }) => text.includes(failed.text ?? '?')),
      'the log has it too',
    );
    return failed.text ?? '';
  } finally {
    await host.close();
  }
}

test("a trap names the author's functions and lines, from the map beside the module", async () => {
  const text = await trapOf(await compileAssemblyFile(ENTRY, { target: 'debug' }));
  const file = 'sdk/test/assembly/trapping.ts';
  const inner = `divide by zero in ${file.replace('.ts', '')}/divide (${file}:${lineOf('return dividend')}:`;
  assert.ok(text.startsWith(inner), text);
  assert.match(text, new RegExp(` < \\S+/Trapping#onMethod \\(${file}:${lineOf('call.respond')}:\\d+\\)`));
});

test('a trap of a module without names and map has the function and the offset in its file', async () => {
  const wasm = readFileSync(await compileAssemblyFile(ENTRY, { target: 'release' }));
  const text = await trapOf(wasm);
  const [, index, offset] = /^divide by zero in function (\d+) \(0x([0-9a-f]+)\)/.exec(text) ?? [];
  assert.ok(index !== undefined, text);
  // i32.div_s: the offset is that of the author's file, not of what runs.
  assert.equal(wasm[Number.parseInt(offset as string, 16)], 0x6d);
});

test('a module whose file was replaced while it runs is not explained by the other one', async () => {
  const file = await compileAssemblyFile(ENTRY, { target: 'debug' });
  const copy = file.replace(/\.wasm$/, '.replaced.wasm');
  writeFileSync(copy, readFileSync(file));
  const host = await TestGateway.open({
    modules: { m: { settings: { image: copy } } },
    routes: {},
    gateway: { deviceId: 'gw' },
  });
  try {
    await host.reaches('m', 'running');
    writeFileSync(`${copy}.new`, new Uint8Array(readFileSync(file).byteLength));
    renameSync(`${copy}.new`, copy);
    await host.gateway.invokeMethod('m', 'divide', undefined);
    const failed = await until('the failure', () => host.states.find(({ state }) => state === 'failed'));
    assert.match(failed.text ?? '', /^divide by zero in function \d+ \(0x[0-9a-f]+\)/);
  } finally {
    await host.close();
    rmSync(copy, { force: true });
  }
});

test.run();
