import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';

const test = suite('a module that never ends its work', { timeoutMs: 30_000 });
const ENDLESS = compileWat(guestWat({ handle: '(loop $for_ever (br $for_ever)) (i32.const 0)' }));

test('is reported, and the gateway closes all the same and says what it had to do', async () => {
  const host = await TestGateway.open({
    modules: { endless: { wasm: ENDLESS } },
    routes: {},
    gateway: { deviceId: 'gw', devices: {} },
  });
  const lost = () => host.logs.filter(({ code }) => code === 'CELL_LOST').map(({ text }) => text);
  try {
    await until('the report', () => lost()[0]?.includes('some module does not end its work'), 15_000);
    assert.equal(lost().length, 1, 'once');
  } finally {
    await host.close();
  }
  assert.equal(lost().at(-1), 'the modules did not stop in time and are ended');
});

test.run();
