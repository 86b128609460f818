import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';

const test = suite('a module that never ends its work', { timeoutMs: 30_000 });
const ENDLESS = compileWat(guestWat({ handle: '(loop $for_ever (br $for_ever)) (i32.const 0)' }));

test('fails when its fuel is used up, is started again, and does not keep the gateway from closing', async () => {
  const host = await TestGateway.open({
    modules: { endless: { wasm: ENDLESS } },
    routes: {},
    gateway: { deviceId: 'gw', devices: {} },
  });
  const failures = () => host.logs.filter(({ text }) => text.startsWith('module failed'));
  try {
    await until('two failures', () => failures().length >= 2, 15_000);
  } finally {
    await host.close();
  }
  assert.deepEqual(
    host.logs.filter(({ code }) => code === 'CELL_LOST'),
    [],
  );
});

test.run();
