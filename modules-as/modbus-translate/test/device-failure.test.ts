import { assert, suite } from '../../../test/lib/suite.ts';
import { block, TABLE } from '../../test-lib/modbus-payloads.ts';
import { ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('modbus-translate device failure', { timeoutMs: 120_000 });
const ready = await readyModule('modbus-translate');
const MAP = { device: 'pump', poll: 'fast', registers: { pressure: { address: 'input:0' } } };
const GOOD = block(TABLE.input, 0, [1]);
const STATUS = { denied: -2, timeout: -7, failed: -10, cancelled: -11 };

for (const target of TARGETS) {
  const open = (): ModuleRig => new ModuleRig(ready.wasm(target)).start(MAP);

  test(`${target}: the first failure is in log and twin at once, with the exception code`, () => {
    const rig = open().answer(1, STATUS.failed, undefined, 2);
    assert.deepEqual(rig.reported['device'], {
      name: 'pump',
      status: 'failed',
      detail: 2,
      since: 1_700_000_000_000,
      failures: 1,
    });
    assert.deepEqual(rig.logs, ['pump: failed, exception 2 of the device']);
    assert.deepEqual(rig.take(), []);
  });

  test(`${target}: a device that fails for an hour is reported once`, () => {
    const rig = open().answer(1, 0, GOOD).advance(20_000);
    const reports = rig.reports;
    for (let n = 0; n < 36_000; n++) rig.answer(1, STATUS.timeout).advance(100);
    assert.equal(rig.reports - reports, 1);
    assert.equal(rig.logs.length, 2);
  });

  test(`${target}: a device that comes and goes is reported at most every ten seconds, and ends with how it is`, () => {
    const rig = open();
    const reports = rig.reports;
    for (let n = 0; n < 600; n++)
      rig.answer(1, n % 2 === 0 ? STATUS.timeout : 0, n % 2 === 0 ? undefined : GOOD).advance(100);
    assert.ok(rig.reports - reports <= 9, `${rig.reports - reports}`);
    rig.advance(10_000);
    assert.equal((rig.reported['device'] as { status: string }).status, 'ok');
    assert.equal(rig.take().length, 300);
  });

  test(`${target}: a refused subscription is tried again, more and more seldom`, () => {
    const rig = new ModuleRig(ready.wasm(target));
    rig.module.host.statuses.set('modbus.request', STATUS.denied);
    rig.start(MAP);
    assert.equal((rig.reported['device'] as { status: string }).status, 'denied');
    rig.advance(600_000);
    rig.module.host.statuses.clear();
    assert.deepEqual(rig.takeRequests(), []);
    rig.advance(60_000);
    assert.equal(rig.takeRequests().length, 1);
    rig.answer(1, 0, GOOD);
    assert.equal(rig.take().length, 1);
  });

  test(`${target}: a subscription that the host ends is made again`, () => {
    const rig = open().answer(1, 0, GOOD).answer(1, STATUS.cancelled);
    rig.takeRequests();
    rig.advance(1_000);
    assert.equal(rig.takeRequests().length, 1);
    rig.take();
    rig.answer(2, 0, GOOD);
    assert.equal(rig.take().length, 1);
  });

  test(`${target}: memory stays flat over 100,000 readings`, () => {
    const rig = open().answer(1, 0, GOOD);
    const count = target === 'release' ? 100_000 : 20_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      rig.answer(1, 0, block(TABLE.input, 0, [n & 0xffff]));
      if (n === 5_000) settled = rig.module.memoryBytes;
      if (n % 1_000 === 0) rig.take();
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 262_144, `${settled} bytes`);
  });
}

test.run();
