import { appendCustomSection } from '../../../tools/src/module-build/index.ts';
import { puppetWasm } from '../../lib/puppet.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../lib/wat.ts';

const test = suite('gateway', { timeoutMs: 30_000 });
const GATEWAY = { deviceId: 'gw-1', devices: {} };

/** Answers every method with its payload, reports its desired properties, and traps on the method `trap_me_`. */
const ECHO = compileWat(
  guestWat({
    imports: `
      (import "method" "respond" (func $respond (param i32 i32 i32 i32) (result i32)))
      (import "twin" "report" (func $report (param i32 i32) (result i32)))`,
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 4)) (then
        (return (call $report (i32.add (local.get $frame) (i32.const 40)) (i32.load offset=28 (local.get $frame))))))
      (if (i32.ne (local.get $kind) (i32.const 5)) (then (return (i32.const 0))))
      (if (i64.eq (i64.load offset=40 (local.get $frame)) (i64.const 0x5f656d5f70617274)) (then unreachable))
      (call $respond (i32.load offset=24 (local.get $frame)) (i32.const 200)
        (i32.add (local.get $frame) (i32.const 48)) (i32.load offset=32 (local.get $frame)))`,
  }),
);

/** Emits a JSON message every 5 ms. */
const TICKER = compileWat(
  guestWat({
    imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
    data: '(data (i32.const 0) "ticks") (data (i32.const 16) "{\\22n\\22:1}")',
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then
        (drop (call $output (i32.const 0) (i32.const 5)))
        (return (call $set (i32.const 0) (i32.const 5) (i32.const 5)))))
      (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
      (call $emit (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 7))`,
  }),
);

test('calls direct methods, passes desired properties on and keeps reported ones', async () => {
  const host = await TestGateway.open({
    modules: { echo: { wasm: ECHO, desired: { limits: { high: 5 } } } },
    routes: {},
    gateway: GATEWAY,
  });
  try {
    await host.reaches('echo', 'running');
    assert.deepEqual(await host.gateway.invokeMethod('echo', 'echo_me_', { a: [1, 'ü'] }), {
      status: 200,
      payload: { a: [1, 'ü'] },
    });
    assert.deepEqual(host.gateway.reported('echo'), { limits: { high: 5 } });
    host.gateway.patchDesired('echo', { limits: { low: 1, high: null } });
    await until(
      'the patch to come back',
      () => JSON.stringify(host.gateway.reported('echo')) === '{"limits":{"low":1}}',
    );
    assert.throws(() => host.gateway.patchDesired('echo', { 'a.b': 1 }), { code: 'LIMIT_TWIN' });
  } finally {
    await host.close();
  }
});

test('[ABI-3.2] a method on which the module traps is answered with 500, and the next instance works', async () => {
  const host = await TestGateway.open({
    modules: { echo: { wasm: ECHO, desired: { x: 1 } } },
    routes: {},
    gateway: GATEWAY,
  });
  try {
    await host.reaches('echo', 'running');
    assert.deepEqual(await host.gateway.invokeMethod('echo', 'trap_me_', {}), { status: 500 });
    await host.reaches('echo', 'running');
    assert.equal((await host.gateway.invokeMethod('echo', 'echo_me_', { again: true })).status, 200);
    const failed = host.states.find(({ state }) => state === 'failed');
    assert.equal(failed?.code, 'MODULE_TRAPPED');
    assert.ok(failed?.text?.includes('unreachable'), failed?.text);
  } finally {
    await host.close();
  }
});

test('[ABI-8.2] a method that the description does not list is answered with 404', async () => {
  const description = new TextEncoder().encode('{"name":"echo","version":"1.0.0","methods":["echo_me_"]}');
  const wasm = appendCustomSection(ECHO, 'gatehouse.manifest', description);
  const host = await TestGateway.open({ modules: { echo: { wasm } }, routes: {}, gateway: GATEWAY });
  try {
    await host.reaches('echo', 'running');
    assert.deepEqual(await host.gateway.invokeMethod('echo', 'other_', {}), { status: 404 });
    assert.equal((await host.gateway.invokeMethod('echo', 'echo_me_', {})).status, 200);
  } finally {
    await host.close();
  }
});

test('a method without an answer times out, one on an unknown module is refused', async () => {
  const host = await TestGateway.open({ modules: { silent: { wasm: puppetWasm() } }, routes: {}, gateway: GATEWAY });
  try {
    await host.reaches('silent', 'running');
    await assert.rejects(host.gateway.invokeMethod('silent', 'script__', undefined, 50), { code: 'METHOD_TIMEOUT' });
    assert.throws(() => host.gateway.invokeMethod('nobody', 'x', undefined), { code: 'METHOD_NOT_FOUND' });
  } finally {
    await host.close();
  }
});

test('what is wrong with some modules leaves the others at work', async () => {
  const trapping = compileWat(guestWat({ handle: 'unreachable' }));
  const version = compileWat(guestWat({ handle: '(i32.const 0)' }).replace('(i32.const 1))', '(i32.const 9))'));
  const ungranted = compileWat(
    guestWat({ imports: '(import "kv" "remove" (func (param i32 i32) (result i32)))', handle: '(i32.const 0)' }),
  );
  const host = await TestGateway.open({
    modules: {
      missing: {},
      malformed: { wasm: new TextEncoder().encode('not wasm at all') },
      ungranted: { wasm: ungranted },
      version: { wasm: version },
      trapping: { wasm: trapping },
      ticker: { wasm: TICKER },
      echo: { wasm: ECHO },
    },
    routes: { ticks: 'FROM /messages/modules/ticker/* INTO $upstream' },
    gateway: {
      ...GATEWAY,
      uplink: { url: 'mqtt://127.0.0.1:1', authentication: { type: 'none' } },
      devices: { pump: { type: 'modbus-tcp', host: '127.0.0.1', port: 1 } },
    },
  });
  try {
    const found = Object.fromEntries(
      host.problems.filter(({ severity }) => severity === 'error').map(({ module, code }) => [module, code]),
    );
    assert.deepEqual(found, {
      missing: 'MODULE_MISSING',
      malformed: 'WASM_MALFORMED',
      ungranted: 'IMPORT_NOT_GRANTED',
    });
    assert.equal((await host.reaches('version', 'failed')).code, 'ABI_VERSION');
    assert.equal((await host.reaches('trapping', 'failed')).code, 'MODULE_TRAPPED');
    await host.reaches('ticker', 'running');
    await host.reaches('echo', 'running');
    await until('ticks', async () => (await host.gateway.status()).routes[0]!.matched > 5);
    await until('the absent device', () => host.logs.some(({ code }) => code === 'DEVICE_UNREACHABLE'));
    await until('the absent broker', () => host.logs.some(({ code }) => code === 'UPLINK_UNREACHABLE'));
  } finally {
    await host.close();
  }
});

test('close is idempotent and lets modules handle their stop event', async () => {
  const host = await TestGateway.open({ modules: { echo: { wasm: ECHO } }, routes: {}, gateway: GATEWAY });
  await host.reaches('echo', 'running');
  await Promise.all([host.close(), host.gateway.close()]);
  await host.gateway.close();
  assert.equal(host.states.at(-1)?.state, 'stopped');
});

test.run();
