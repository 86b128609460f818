import { readFileSync } from 'node:fs';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../lib/wat.ts';

const test = suite('a module in C on the real host', { timeoutMs: 30_000 });
const THRESHOLD = readFileSync(new URL('../../../examples/c-threshold/threshold.wasm', import.meta.url));

/** Emits `{"value":95}` and `{"value":5}` in turn, every 5 ms. */
const SENSOR = compileWat(
  guestWat({
    imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
    data: '(data (i32.const 0) "readings") (data (i32.const 16) "{\\22value\\22:95}{\\22value\\22:5}")',
    functions: '(global $n (mut i32) (i32.const 0))',
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then
        (drop (call $output (i32.const 0) (i32.const 8)))
        (return (call $set (i32.const 0) (i32.const 5) (i32.const 5)))))
      (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
      (global.set $n (i32.xor (global.get $n) (i32.const 1)))
      (if (global.get $n) (then (return
        (call $emit (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 12)))))
      (call $emit (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 28) (i32.const 11))`,
  }),
);

test('passes readings above its threshold on, and answers how many', async () => {
  const host = await TestGateway.open({
    modules: {
      sensor: { wasm: SENSOR },
      threshold: { wasm: THRESHOLD, settings: { grants: { kv: { bytes: 1024 } } }, desired: { threshold: 90 } },
    },
    routes: {
      readings: 'FROM /messages/modules/sensor/* INTO BrokeredEndpoint("/modules/threshold/inputs/readings")',
      exceeded:
        "FROM /messages/modules/threshold/outputs/exceeded WHERE alert = 'threshold' AND $body.value > 90 INTO $upstream",
    },
    gateway: { deviceId: 'gw', devices: {} },
  });
  try {
    await host.reaches('threshold', 'running');
    const exceeded = await until('twenty readings above the threshold', async () => {
      const { routes } = await host.gateway.status();
      return routes.find(({ name, matched }) => name === 'exceeded' && matched >= 20);
    });
    const { status, payload } = await host.gateway.invokeMethod('threshold', 'status', undefined);
    assert.equal(status, 200);
    assert.ok((payload as { exceeded: number }).exceeded >= exceeded.matched, JSON.stringify(payload));
    const { modules } = await host.gateway.status();
    const received = modules.find(({ id }) => id === 'threshold')!;
    assert.equal(received.counters.refused, 0);
    assert.ok(received.stateBytes > 0, 'it keeps its count');
  } finally {
    await host.close();
  }
});

test.run();
