import { counterWasm, senderWasm } from '../../lib/counting.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';

const test = suite('a cell that is stuck', { timeoutMs: 60_000 });
const GATEWAY = { deviceId: 'gw-1', devices: {} };
const WATCH = { everyMs: 20, stuckAfterMs: 200 };
/** The largest budget there is: the watchdog of this test is faster. */
const LARGE = { fuelPerCall: 2_000_000_000, fuelPerSecond: 100_000_000_000, fuelBurst: 100_000_000_000 };

/** Never comes back from a direct method. */
const HANGING = compileWat(
  guestWat({
    handle: '(if (i32.eq (local.get $kind) (i32.const 5)) (then (loop $for_ever (br $for_ever)))) (i32.const 0)',
  }),
);

/** Once more than the neighbour has counted by now. */
async function countsOn(host: TestGateway): Promise<boolean> {
  const count = async () => {
    const { payload } = await host.gateway.invokeMethod('neighbour', 'count', undefined);
    return (payload as readonly number[] | undefined)?.[0] ?? 0;
  };
  const before = await count();
  return until('the neighbour to go on', async () => (await count()) > before);
}

for (const [where, settings] of [
  ['shared', {}],
  ['own', { isolation: 'own-cell' }],
] as const) {
  test(`is ended and built again, and the module that ran is poisoned the second time (${where} cell)`, async () => {
    const host = await TestGateway.open({
      modules: {
        hanging: { wasm: HANGING, settings: { limits: LARGE, ...settings } },
        sender: { wasm: senderWasm(2_000_000_000, 1) },
        neighbour: { wasm: counterWasm() },
      },
      routes: {
        a: 'FROM /messages/modules/sender/* INTO BrokeredEndpoint("/modules/neighbour/inputs/in")',
        b: 'FROM /messages/modules/sender/* INTO BrokeredEndpoint("/modules/hanging/inputs/in")',
      },
      gateway: GATEWAY,
      watch: WATCH,
    });
    const { gateway } = host;
    const starts = (module: string) =>
      host.states.filter((notice) => notice.module === module && notice.state === 'running').length;
    try {
      for (const module of ['hanging', 'neighbour']) await host.reaches(module, 'running');
      assert.deepEqual(await gateway.invokeMethod('hanging', 'x', undefined), { status: 500 });
      await until('it to be started again', () => starts('hanging') === 2);
      const [first] = host.states
        .filter(({ state }) => state === 'failed')
        .filter(({ module }) => module === 'hanging');
      assert.equal(first?.code, 'CELL_STUCK');
      assert.match(first?.text ?? '', /^hanging ran for \d+ ms without an end$/);
      assert.ok(await countsOn(host));

      assert.deepEqual(await gateway.invokeMethod('hanging', 'x', undefined), { status: 500 });
      const poisoned = await host.reaches('hanging', 'poisoned');
      assert.equal(poisoned.code, 'MODULE_POISONED');
      assert.ok(await countsOn(host));
      assert.deepEqual(await gateway.invokeMethod('hanging', 'x', undefined), { status: 503 });
      gateway.patchDesired('hanging', { a: 1 });
      const { modules, routes } = await gateway.status();
      assert.deepEqual(
        modules.map(({ id, state }) => [id, state]),
        [
          ['hanging', 'poisoned'],
          ['sender', 'running'],
          ['neighbour', 'running'],
        ],
      );
      assert.equal(routes.length, 2);
      assert.equal(starts('hanging'), 2, 'and it is not started a third time');
      assert.equal(starts('neighbour'), where === 'own' ? 1 : 3, 'neighbours are disturbed only in the same cell');
      const codes = host.logs.filter(({ level }) => level === 3).map(({ module, code }) => [module, code]);
      assert.deepEqual(codes, [
        [undefined, 'CELL_STUCK'],
        ['hanging', 'CELL_STUCK'],
        [undefined, 'CELL_STUCK'],
        ['hanging', 'MODULE_POISONED'],
      ]);
    } finally {
      await host.close();
    }
  });
}

test('is not what a host looks like that is busy itself for longer than the limit', async () => {
  const host = await TestGateway.open({
    modules: {
      sender: { wasm: senderWasm(2_000_000_000, 200), settings: { limits: { messagesPerSecond: 10_000_000 } } },
      neighbour: { wasm: counterWasm() },
    },
    routes: { a: 'FROM /messages/modules/sender/* INTO BrokeredEndpoint("/modules/neighbour/inputs/in")' },
    gateway: GATEWAY,
    watch: WATCH,
  });
  try {
    await host.reaches('neighbour', 'running');
    for (let times = 0; times < 3; times++) {
      const end = performance.now() + 4 * WATCH.stuckAfterMs;
      while (performance.now() < end);
      assert.ok(await countsOn(host));
    }
    assert.deepEqual(
      host.logs.filter(({ level }) => level <= 3),
      [],
    );
  } finally {
    await host.close();
  }
});

test.run();
