import { assert, suite } from '../../../test/lib/suite.ts';
import { block, TABLE } from '../../test-lib/modbus-payloads.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('anomaly-guard stop', { timeoutMs: 120_000 });
const ready = await readyModule('anomaly-guard');
const STATUS = {
  invalid: -1,
  denied: -2,
  limit: -3,
  unavailable: -6,
  timeout: -7,
  expired: -8,
  unknown: -9,
  failed: -10,
};
const SETTINGS = {
  device: 'pump',
  rules: {
    high: { field: 'x', high: 10, stop: true },
    other: { field: 'y', high: 10, stop: true },
    soft: { field: 'z', high: 10 },
  },
  stop: { address: 'coil:1', expiryMs: 800 },
};
const coil = (value: number): Buffer => block(TABLE.coil, 1, [value]);

/** The requests made since the last call, as words. */
function asked(rig: ModuleRig): string[] {
  return rig.takeRequests().map(({ function: code, device, address, count, expiryMs, data }) => {
    if (code === 5) return `write ${device} ${address} = ${data[0]} within ${expiryMs}`;
    return code === 1 ? `read ${device} ${address} ${count}` : `function ${code}`;
  });
}
const WRITE = 'write pump 1 = 1 within 800';
const READ = 'read pump 1 1';
/** Lets time pass until something is asked of the device; returns how long that took. */
function untilAsked(rig: ModuleRig): number {
  let waited = 0;
  rig.takeRequests();
  while (rig.requests.length === 0) {
    assert.ok(waited < 60_000);
    rig.advance(100);
    waited += 100;
  }
  return waited;
}

const actions = (rig: ModuleRig): unknown[] => rig.take().map(({ action }) => (action as Json | undefined)?.['state']);

for (const target of TARGETS) {
  const open = (): ModuleRig => new ModuleRig(ready.wasm(target)).start(SETTINGS);
  /** A guard that has just been told to stop; its write is request 1. */
  const tripped = (): ModuleRig => {
    const rig = open().message({ device: 'pump', x: 11 });
    assert.deepEqual(asked(rig), [WRITE]);
    return rig;
  };

  test(`${target}: writes the coil in the event that raises the rule, reads it back, and only then says confirmed`, () => {
    const rig = tripped();
    assert.deepEqual(rig.take()[0]!['action'], {
      device: 'pump',
      address: 'coil:1',
      value: 1,
      state: 'requested',
      status: 0,
      writes: 1,
      tookMs: 0,
    });
    rig.advance(4).answer(1, 0);
    assert.deepEqual(asked(rig), [READ]);
    assert.deepEqual(rig.take(), []);
    rig.advance(3).answer(2, 0, coil(1));
    const [update] = rig.take() as [Json];
    assert.deepEqual([update['id'], update['state'], update['value']], ['high-1700000000000', 'raised', 11]);
    assert.deepEqual([(update['action'] as Json)['state'], (update['action'] as Json)['tookMs']], ['confirmed', 7]);
    assert.equal((rig.reported['stop'] as Json)['state'], 'confirmed');
  });

  test(`${target}: a rule without stop writes nothing`, () => {
    const rig = open().message({ device: 'pump', z: 11 });
    assert.equal(rig.take()[0]!['action'], undefined);
    assert.deepEqual(asked(rig), []);
  });

  for (const name of ['unknown', 'expired', 'failed', 'unavailable', 'timeout'] as const) {
    test(`${target}: after a write that ended ${name} the coil is read first, and not written when it has the value`, () => {
      const rig = tripped();
      rig.answer(1, STATUS[name]);
      assert.deepEqual(asked(rig), [READ]);
      rig.answer(2, 0, coil(1));
      assert.deepEqual(asked(rig), []);
      assert.deepEqual(actions(rig), ['requested', 'confirmed']);
    });

    test(`${target}: after a write that ended ${name} the coil is written again when it does not have the value`, () => {
      const rig = tripped();
      rig.answer(1, STATUS[name]).answer(2, 0, coil(0));
      assert.deepEqual(asked(rig), [READ, WRITE]);
      rig.answer(3, 0).answer(4, 0, coil(1));
      assert.deepEqual(actions(rig), ['requested', 'confirmed']);
    });
  }

  test(`${target}: a coil that takes a write and does not keep it is tried again with growing pauses, read first each time`, () => {
    const rig = tripped();
    const pauses: number[] = [];
    rig.answer(1, 0).answer(2, 0, coil(0));
    let id = 3;
    for (let n = 0; n < 9; n++) {
      pauses.push(untilAsked(rig));
      assert.deepEqual(asked(rig), [READ]);
      rig.answer(id++, 0, coil(0));
      assert.deepEqual(asked(rig), [WRITE]);
      rig.answer(id++, 0).answer(id++, 0, coil(0));
    }
    assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    assert.deepEqual(actions(rig), ['requested', 'retrying'], 'each state is told once');
  });

  test(`${target}: while the device is away it is asked again and again, and stopped when it is back`, () => {
    const rig = tripped();
    rig.answer(1, STATUS.timeout).answer(2, STATUS.unavailable);
    let id = 3;
    for (let n = 0; n < 5; n++) {
      untilAsked(rig);
      assert.deepEqual(asked(rig), [READ]);
      rig.answer(id++, STATUS.unavailable);
    }
    untilAsked(rig);
    rig.answer(id++, 0, coil(0));
    assert.deepEqual(asked(rig).slice(-1), [WRITE]);
    rig.answer(id++, 0).answer(id++, 0, coil(1));
    assert.deepEqual(actions(rig), ['requested', 'retrying', 'confirmed']);
  });

  test(`${target}: a request that the host does not take now is made again`, () => {
    const rig = open();
    rig.module.host.statuses.set('modbus.request', STATUS.limit);
    rig.message({ device: 'pump', x: 11 });
    assert.deepEqual(actions(rig), ['retrying']);
    rig.module.host.statuses.clear();
    rig.advance(500);
    assert.deepEqual(asked(rig), [READ]);
    rig.answer(1, 0, coil(0));
    assert.deepEqual(asked(rig), [WRITE]);
  });

  test(`${target}: an answer that never comes is given up, and late ones are ignored`, () => {
    const rig = tripped();
    rig.advance(10_799);
    assert.deepEqual(asked(rig), []);
    rig.advance(501);
    assert.deepEqual(asked(rig), [READ]);
    rig.answer(1, 0).answer(2, 0, coil(1));
    assert.deepEqual(asked(rig), []);
    assert.equal((rig.reported['stop'] as Json)['state'], 'confirmed');
  });

  for (const [name, whilst] of [
    ['denied', 'answer'],
    ['invalid', 'answer'],
    ['denied', 'call'],
  ] as const) {
    test(`${target}: a write that is ${name} by its ${whilst} is told and not repeated before the next incident`, () => {
      const rig = open();
      if (whilst === 'call') rig.module.host.statuses.set('modbus.request', STATUS[name]);
      rig.message({ device: 'pump', x: 11 });
      if (whilst === 'answer') rig.answer(1, STATUS[name]);
      rig.module.host.statuses.clear();
      rig.takeRequests();
      rig.advance(120_000);
      assert.deepEqual(asked(rig), []);
      const { state, status } = rig.reported['stop'] as Json;
      assert.deepEqual([state, status], ['refused', STATUS[name]]);
      assert.equal(actions(rig).at(-1), 'refused');
      rig.message({ device: 'pump', y: 11 });
      assert.deepEqual(asked(rig), [WRITE]);
    });
  }

  test(`${target}: while a rule holds the stop, a coil that was set back is written again`, () => {
    const rig = tripped();
    rig.answer(1, 0).answer(2, 0, coil(1));
    rig.takeRequests();
    rig.advance(5_000);
    assert.deepEqual(asked(rig), [READ]);
    rig.answer(3, 0, coil(1));
    assert.deepEqual(actions(rig), ['requested', 'confirmed'], 'a check that finds nothing is no news');
    rig.advance(5_000);
    asked(rig);
    rig.answer(4, 0, coil(0));
    assert.deepEqual(asked(rig), [WRITE]);
    rig.answer(5, 0).answer(6, 0, coil(1));
    assert.deepEqual(actions(rig), ['requested', 'confirmed']);
  });

  test(`${target}: when the last rule that stops is cleared, the coil is left as it is`, () => {
    const rig = tripped();
    rig.answer(1, 0).answer(2, 0, coil(1)).message({ device: 'pump', x: 1, y: 11 }).message({ device: 'pump', y: 1 });
    rig.takeRequests();
    rig.advance(60_000);
    assert.deepEqual(asked(rig), []);
    assert.equal((rig.reported['stop'] as Json)['state'], 'idle');
  });

  test(`${target}: method reset lets go of the stop, a reading still outside stops again`, () => {
    const rig = tripped();
    rig.answer(1, 0).answer(2, 0, coil(1));
    rig.method('reset');
    asked(rig);
    rig.message({ device: 'pump', x: 12 });
    assert.deepEqual(asked(rig), [WRITE]);
  });

  test(`${target}: after a restart in the middle of a stop the coil is read first`, () => {
    const wasm = ready.wasm(target);
    const rig = tripped().restarted(wasm).start(SETTINGS);
    assert.deepEqual(asked(rig), [READ]);
    rig.answer(1, 0, coil(0));
    assert.deepEqual(asked(rig), [WRITE]);
    rig.answer(2, 0).answer(3, 0, coil(1));
    const last = rig.take().at(-1) as Json;
    assert.deepEqual(
      [last['id'], last['value'], (last['action'] as Json)['state']],
      ['high-1700000000000', 11, 'confirmed'],
    );
  });

  test(`${target}: other stop settings during a stop take effect at once, after a look`, () => {
    const rig = tripped();
    rig.patch({ stop: { address: 'coil:7', value: 0 } });
    assert.deepEqual(asked(rig), ['read pump 7 1']);
    rig.answer(1, 0);
    rig.answer(2, 0, block(TABLE.coil, 7, [1]));
    assert.deepEqual(asked(rig), ['write pump 7 = 0 within 800']);
  });
}

test.run();
