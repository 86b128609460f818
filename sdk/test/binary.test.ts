import { assert, suite } from '../../test/lib/suite.ts';
import { fixture, TARGETS } from './lib/fixture.ts';

const test = suite('sdk binary');
const names = ['empty', 'functions', 'probe', 'json-echo', 'capabilities', 'failures'];
const fixtures = new Map(await Promise.all(names.map(async (name) => [name, await fixture(name)] as const)));

function importsOf(name: string, target: (typeof TARGETS)[number]): string[] {
  const module = new WebAssembly.Module(fixtures.get(name)!.wasm(target));
  return WebAssembly.Module.imports(module)
    .map((entry) => `${entry.module}.${entry.name}`)
    .sort();
}

for (const target of TARGETS) {
  test(`[ABI-1.3] ${target}: the exports are those of the ABI and nothing else`, () => {
    for (const [name, { wasm }] of fixtures) {
      const exports = WebAssembly.Module.exports(new WebAssembly.Module(wasm(target)));
      const expected = ['_initialize', 'gatehouse_abi_version', 'gatehouse_alloc', 'gatehouse_handle', 'memory'];
      assert.deepEqual(exports.map((entry) => entry.name).sort(), expected, name);
    }
  });

  test(`[ABI-1.5] ${target}: what a module does not use it does not import`, () => {
    assert.deepEqual(importsOf('empty', target), ['log.abort']);
    assert.deepEqual(importsOf('json-echo', target), ['log.abort', 'message.emit', 'message.output']);
    assert.deepEqual(importsOf('probe', target), ['log.abort', 'message.emit', 'message.output', 'message.source']);
    assert.deepEqual(importsOf('failures', target), ['log.abort', 'log.write', 'method.respond']);
  });

  test(`[ABI-4] ${target}: imports are named as the ABI names them`, () => {
    const all =
      'ble.request http.request kv.get kv.remove kv.set log.abort log.write message.emit message.input message.output method.respond modbus-server.request modbus.request mqtt.request serial.request timer.clear timer.set twin.report';
    assert.equal(importsOf('capabilities', target).join(' '), all);
  });
}

test('a release build is small: the runtime with its garbage collector, and what is used of the SDK', () => {
  const size = (name: string): number => fixtures.get(name)!.wasm('release').byteLength;
  assert.ok(size('empty') <= 3700, `empty: ${size('empty')}`);
  assert.ok(size('json-echo') <= 11_500, `json-echo: ${size('json-echo')}`);
});

test.run();
