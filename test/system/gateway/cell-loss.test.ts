import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { withThreads } from '../../lib/threads.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';

const test = suite('loss of the thread of the modules', { timeoutMs: 30_000 });
const GATEWAY = { deviceId: 'gw-1', devices: {} };

/** Reports its desired properties as it gets them, complete ones and patches. */
const MIRROR = compileWat(
  guestWat({
    imports: '(import "twin" "report" (func $report (param i32 i32) (result i32)))',
    handle: `
      (if (i32.ne (local.get $kind) (i32.const 4)) (then (return (i32.const 0))))
      (call $report (i32.add (local.get $frame) (i32.const 40)) (i32.load offset=28 (local.get $frame)))`,
  }),
);

const LOST = ({ code }: { code?: string }) => code === 'CELL_LOST';

test('modules are built again with the desired properties of now, also those set while there was no thread', () =>
  withThreads(async (threads) => {
    const host = await TestGateway.open({
      modules: { mirror: { wasm: MIRROR, desired: { a: 1, b: 1 } } },
      routes: {},
      gateway: GATEWAY,
    });
    try {
      await host.reaches('mirror', 'running');
      host.gateway.patchDesired('mirror', { a: 2 });
      await until('the patch', () => host.gateway.reported('mirror')['a'] === 2);
      await threads[0]?.terminate();
      await until('the loss', () => host.logs.some(LOST));
      host.gateway.patchDesired('mirror', { b: 2, c: 3 });
      assert.deepEqual(await host.gateway.invokeMethod('mirror', 'any', undefined), { status: 503 });
      await until('all of them', () => host.gateway.reported('mirror')['c'] === 3);
      assert.deepEqual(host.gateway.reported('mirror'), { a: 2, b: 2, c: 3 });
    } finally {
      await host.close();
    }
  }));

test('a thread that is lost while the gateway closes is not built again', () =>
  withThreads(async (threads) => {
    const host = await TestGateway.open({ modules: { mirror: { wasm: MIRROR } }, routes: {}, gateway: GATEWAY });
    await host.reaches('mirror', 'running');
    const closing = host.close();
    await threads[0]?.terminate();
    await closing;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(threads.length, 1);
  }));

test('a patch of desired properties above what a twin can hold changes nothing', async () => {
  const host = await TestGateway.open({ modules: { mirror: { wasm: MIRROR } }, routes: {}, gateway: GATEWAY });
  try {
    await host.reaches('mirror', 'running');
    const text = 'x'.repeat(4_000);
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const taken = keys.filter((key) => {
      try {
        host.gateway.patchDesired('mirror', { [key]: text });
        return true;
      } catch (error) {
        assert.equal((error as { code: string }).code, 'LIMIT_TWIN');
        return false;
      }
    });
    assert.equal(taken.length, 8);
    await until('all that were taken', () => Object.keys(host.gateway.reported('mirror')).length === 8);
  } finally {
    await host.close();
  }
});

test.run();
