import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { JOBS_MAX } from '../../../../../host/src/drivers/serial/serial-job.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { SerialRig } from './serial-rig.ts';

const test = suite('serial driver');

test('gives each frame to those who subscribe, until their instance ends', async () => {
  const rig = await SerialRig.open();
  const [a, b] = [rig.ask({ kind: 'subscribe' }, 'a'), rig.ask({ kind: 'subscribe' }, 'b')];
  rig.port.receive('1.5 kg\n2');
  rig.driver.moduleDown('a');
  rig.port.receive('.5 kg\n');
  assert.deepEqual(a, [{ status: STATUS.ok, text: '1.5 kg' }]);
  assert.deepEqual(
    b.map(({ text }) => text),
    ['1.5 kg', '2.5 kg'],
  );
});

test('writes one after the other, and says when each has left', async () => {
  const rig = await SerialRig.open();
  rig.drains = false;
  const [first, second] = [rig.write('one'), rig.write('two')];
  await rig.pass(0);
  assert.deepEqual(rig.port.written, ['one']);
  rig.port.events.drained();
  assert.deepEqual(first, [{ status: STATUS.ok, text: '' }]);
  assert.deepEqual(rig.port.written, ['one', 'two']);
  rig.port.events.drained();
  assert.equal(second[0]?.status, STATUS.ok);
  assert.deepEqual(
    rig.audits.map(({ address, values, outcome }) => [address, values, outcome]),
    [
      ['3 bytes', [111, 110, 101], 'confirmed'],
      ['3 bytes', [116, 119, 111], 'confirmed'],
    ],
  );
});

test('takes the next frame as the answer of an exchange, and not what came before', async () => {
  const rig = await SerialRig.open();
  const heard = rig.ask({ kind: 'subscribe' }, 'other');
  rig.port.receive('half of ');
  const answers = rig.exchange('weigh\n');
  await rig.pass(0);
  rig.port.receive('1.5 kg\n');
  rig.port.receive('unasked\n');
  assert.deepEqual(answers, [{ status: STATUS.ok, text: '1.5 kg' }]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    ['unasked'],
  );
});

test('never gives an answer that comes late to another exchange', async () => {
  const rig = await SerialRig.open();
  const first = rig.exchange('first\n');
  const second = rig.exchange('second\n', 60_000);
  await rig.pass(100);
  assert.deepEqual(first, [{ status: STATUS.timeout, text: '' }]);
  assert.equal(rig.audits[0]?.outcome, 'unknown');
  await rig.pass(50);
  rig.port.receive('answer to the first\n');
  await rig.pass(99);
  assert.deepEqual(rig.port.written, ['first\n'], 'the line was silent for less than a deadline');
  await rig.pass(1);
  assert.deepEqual(rig.port.written, ['first\n', 'second\n']);
  rig.port.receive('ok\n');
  assert.deepEqual(second, [{ status: STATUS.ok, text: 'ok' }]);
});

test('opens a line anew that does not fall silent', async () => {
  const rig = await SerialRig.open();
  rig.exchange('ask\n');
  await rig.pass(100);
  for (let passed = 0; passed < 1_100 && rig.ports.length === 1; passed += 50) {
    rig.port.receive('babble');
    await rig.pass(50);
  }
  assert.equal(rig.ports[0]?.isClosed, true);
  await rig.pass(1_000);
  assert.equal(rig.ports.length, 2);
});

test('never sends what has waited too long, and says so while the port is away', async () => {
  const rig = await SerialRig.open();
  rig.isThere = false;
  rig.port.events.closed(new Error('EIO'));
  const answers = rig.write('stop', 300);
  await rig.pass(299);
  assert.deepEqual(answers, []);
  await rig.pass(1);
  assert.deepEqual(answers, [{ status: STATUS.expired, text: '' }]);
  rig.isThere = true;
  await rig.pass(60_000);
  assert.deepEqual(
    rig.ports.flatMap(({ written }) => written),
    [],
  );
});

test('does not know what became of a write when the port goes', async () => {
  const rig = await SerialRig.open();
  rig.drains = false;
  const answers = rig.write('stop');
  rig.port.events.closed(new Error('EIO'));
  assert.deepEqual(answers, [{ status: STATUS.unknown, text: '' }]);
  assert.deepEqual([rig.audits[0]?.outcome, rig.audits[0]?.code], ['unknown', 'WRITE_UNKNOWN']);
  assert.deepEqual(rig.logs, ['device "scale": /dev/ttyTest is gone (EIO)']);
});

test('opens a port anew that does not take a write', async () => {
  const rig = await SerialRig.open();
  rig.drains = false;
  const answers = rig.write('stop');
  await rig.pass(100);
  assert.equal(answers[0]?.status, STATUS.unknown);
  assert.equal(rig.ports[0]?.isClosed, true);
  await rig.pass(1_000);
  assert.equal(rig.ports.length, 2);
});

test('refuses more than it keeps, at the cost of nobody else', async () => {
  const rig = await SerialRig.open();
  rig.drains = false;
  const flood = Array.from({ length: JOBS_MAX + 10 }, () => rig.write('x', 60_000, 'flooder'));
  assert.equal(flood.filter(([answer]) => answer?.status === STATUS.full).length, 9);
  rig.driver.moduleDown('flooder');
  const answers = rig.write('y', 60_000, 'well');
  rig.drains = true;
  rig.port.events.drained();
  await rig.pass(0);
  assert.deepEqual(answers, [{ status: STATUS.ok, text: '' }]);
  assert.deepEqual(rig.port.written, ['x', 'y']);
});

test('writes what modules want written in turn: one that floods delays only itself, and takes no room of others', async () => {
  const rig = await SerialRig.open();
  rig.drains = false;
  for (let n = 0; n < JOBS_MAX + 10; n++) rig.write(`f${n}`, 60_000, 'flooder');
  const [first, second] = [rig.write('w0', 60_000, 'well'), rig.write('w1', 60_000, 'well')];
  for (let n = 0; n < 4; n++) rig.port.events.drained();
  assert.deepEqual(rig.port.written, ['f0', 'f1', 'w0', 'f2', 'w1']);
  rig.port.events.drained();
  for (const answers of [first, second]) assert.deepEqual(answers, [{ status: STATUS.ok, text: '' }]);
});

test('still writes what a module left when it stopped in order', async () => {
  const rig = await SerialRig.open();
  rig.drains = false;
  const answers = [rig.write('a'), rig.write('b')];
  rig.driver.moduleStopped('m');
  rig.port.events.drained();
  assert.deepEqual(rig.port.written, ['a', 'b']);
  assert.deepEqual(answers, [[], []]);
});

test.run();
