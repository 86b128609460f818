import { assert, suite } from '../../../../../lib/suite.ts';
import { type Answer, identifyOf, maskWriteOf, readOf, readWriteOf, writeOf } from '../../driver-rig.ts';
import { answersAfter, isDead } from '../../fake-bus.ts';
import { ended, LineRig, TIMEOUT_MS, unitAt } from '../../line-rig.ts';

const test = suite('modbus line, turns of its units');

const open = (): Promise<LineRig> => LineRig.open({ u1: unitAt(1), u2: unitAt(2), u3: unitAt(3), all: unitAt(0) });

test('has one connection for all its units, and one request at a time', async () => {
  const rig = await open();
  for (const unit of [1, 2, 3]) rig.bus.units.set(unit, answersAfter(10));
  const answers = [1, 2, 3, 1, 2, 3].map((unit) => rig.read(`u${unit}`, 'holding:0'));
  rig.clock.advance(200);
  assert.deepEqual(answers.map(ended), ['ok 100', 'ok 200', 'ok 300', 'ok 100', 'ok 200', 'ok 300']);
  assert.deepEqual([rig.bus.opened, rig.bus.collisions], [1, 0]);
});

test('goes round its units, however much waits for one of them', async () => {
  const rig = await open();
  for (const unit of [1, 2, 3]) rig.bus.units.set(unit, answersAfter(10));
  for (let n = 0; n < 20; n++) rig.read('u1', 'holding:0');
  for (let n = 0; n < 3; n++) rig.read('u2', 'holding:0');
  rig.clock.advance(140);
  assert.deepEqual(
    rig.bus.requests.slice(0, 7).map(({ unitId }) => unitId),
    [1, 2, 1, 2, 1, 2, 1],
  );
});

test('serves a module in turn while another floods every unit of the line with reads and writes', async () => {
  const rig = await open();
  for (const unit of [1, 2, 3]) rig.bus.units.set(unit, answersAfter(10));
  const flood = (): void => {
    for (const unit of ['u1', 'u2', 'u3']) {
      rig.rig.requestWith(unit, readOf('holding:900'), flood1, 'flood');
      rig.rig.requestWith(unit, writeOf('holding:901', [1], 60_000), flood1, 'flood');
    }
  };
  // Each end makes another request, so that there is always more.
  let left = 3_000;
  const flood1 = (): void => {
    if (left-- > 0) rig.rig.requestWith(left % 3 === 0 ? 'u1' : 'u2', readOf('holding:900'), flood1, 'flood');
  };
  for (let n = 0; n < 100; n++) flood();
  const waits: number[] = [];
  for (let n = 0; n < 20; n++) {
    const before = rig.bus.requests.length;
    const answers: Answer[] = [];
    rig.rig.requestWith('u1', readOf(`holding:${n}`), (answer) => answers.push(answer), 'well');
    while (answers.length === 0) rig.clock.advance(10);
    assert.equal(ended(answers), `ok ${100 + n}`);
    waits.push(rig.bus.requests.length - before);
  }
  // What is under way, and eight writes and a read for each of three units, twice: of this unit the flood may read first.
  assert.ok(Math.max(...waits) <= 1 + 2 * 3 * 9, waits.join());
  assert.ok((rig.rig.status('u1')['queued'] as number) > 50, 'the flood still waits');
});

test('serves the reads of a module in turn while another floods the same unit', async () => {
  const rig = await open();
  rig.bus.units.set(1, answersAfter(10));
  for (let n = 0; n < 500; n++) rig.rig.requestWith('u1', readOf('holding:900'), () => {}, 'flood');
  for (let n = 0; n < 5; n++) rig.rig.requestWith('u1', readOf(`holding:${n}`), () => {}, 'well');
  rig.clock.advance(200);
  assert.deepEqual(
    rig.bus.requests.slice(0, 11).map(({ what }) => what),
    [900, 900, 0, 900, 1, 900, 2, 900, 3, 900, 4].map((address) => `3:${address}`),
  );
});

test('keeps silence between an answer and the next request', async () => {
  const rig = await open();
  for (const unit of [1, 2]) rig.bus.units.set(unit, answersAfter(10));
  rig.read('u1', 'holding:0');
  rig.read('u2', 'holding:0');
  rig.clock.advance(50);
  const [first, second] = rig.bus.requests;
  assert.equal(second!.time - first!.time, 14);
});

test('sends writes before reads, whichever unit they are for', async () => {
  const rig = await open();
  for (const unit of [1, 2, 3]) rig.bus.units.set(unit, answersAfter(10));
  for (let n = 0; n < 3; n++) rig.read('u1', 'holding:0');
  rig.read('u2', 'holding:0');
  rig.write('u3', 'coil:1', [1]);
  rig.clock.advance(200);
  assert.deepEqual(
    rig.bus.requests.map(({ what, unitId }) => `${unitId} ${what}`),
    ['1 3:0', '3 5:1', '2 3:0', '1 3:0', '1 3:0'],
  );
});

test('sends a write to a unit that left a read unanswered, but no read', async () => {
  const rig = await open();
  rig.read('u1', 'holding:0');
  rig.clock.advance(TIMEOUT_MS);
  rig.bus.units.set(1, answersAfter(10));
  const read = rig.read('u1', 'holding:5');
  const write = rig.write('u1', 'coil:1', [1]);
  rig.clock.advance(150);
  assert.deepEqual([read, write].map(ended), ['-6 256', 'ok ']);
});

test('sends no write after one whose answer may still come', async () => {
  const rig = await open();
  rig.write('u1', 'coil:1', [1]);
  rig.clock.advance(TIMEOUT_MS);
  const write = rig.write('u1', 'coil:1', [1], 150);
  rig.clock.advance(200);
  assert.equal(ended(write), '-8 0');
});

test('writes to all units without an answer, and leaves them time', async () => {
  const rig = await open();
  rig.bus.units.set(1, answersAfter(10));
  const write = rig.write('all', 'coil:1', [1]);
  const read = rig.read('u1', 'holding:0');
  rig.clock.advance(49);
  assert.deepEqual([write, read].map(ended), ['', '']);
  rig.clock.advance(20);
  assert.deepEqual([write, read].map(ended), ['-9 260', 'ok 100']);
  const [broadcast, next] = rig.bus.requests;
  assert.deepEqual([broadcast!.unitId, next!.time - broadcast!.time], [0, 54]);
  assert.equal(rig.rig.audits[0]?.outcome, 'unknown');
});

test('changes bits in all units, but does not write to them what is also a read, nor ask what they are', async () => {
  const rig = await open();
  const answers: Answer[][] = [maskWriteOf(4, 1, 2), readWriteOf('holding:0', 4, [1]), identifyOf(1)].map((request) => {
    const ends: Answer[] = [];
    rig.rig.requestWith('all', request, (answer) => ends.push(answer));
    return ends;
  });
  rig.clock.advance(60);
  assert.deepEqual(answers.map(ended), ['-9 260', '-1 0', '-1 0']);
  assert.deepEqual(
    rig.bus.requests.map(({ what }) => what),
    ['22:4'],
  );
});

test('refuses to read from all units', async () => {
  const rig = await open();
  assert.equal(ended(rig.read('all', 'holding:0')), '-1 0');
});

test('asks a dead unit less and less, at last every 30 s', async () => {
  const rig = await LineRig.open({ u1: unitAt(1, { polls: { all: { registers: ['holding:0'], intervalMs: 100 } } }) });
  rig.bus.units.set(1, isDead);
  const answers: Answer[] = [];
  rig.rig.subscribe('u1', 'all', (answer) => answers.push(answer));
  rig.clock.advance(200_000);
  const times = rig.bus.requests.map(({ time }) => time);
  const pauses = times.slice(1).map((time, n) => Math.round((time - times[n]!) / 100) / 10);
  assert.deepEqual(pauses, [0.3, 2.1, 4.1, 8.1, 16.1, 30.1, 30.1, 30.1, 30.1, 30.1]);
  assert.ok(answers.length > 1_900 && answers.every(({ status }) => status === -7 || status === -6));
  assert.equal(rig.rig.logs.length, 1);
  rig.bus.units.set(1, answersAfter(5));
  rig.clock.advance(30_200);
  assert.equal(answers.at(-1)?.status, 0);
});

test('resets a connection on which a write was not answered, since it could still be on its way', async () => {
  const rig = await open();
  rig.bus.units.set(2, answersAfter(5));
  rig.write('u1', 'coil:1', [1]);
  const other = rig.read('u2', 'holding:0');
  rig.clock.advance(TIMEOUT_MS + 150);
  assert.deepEqual([rig.bus.opened, rig.bus.resets], [2, 1]);
  assert.equal(ended(other), 'ok 200', 'the others only wait');
});

test('ends everything when the driver closes, and leaves no timer', async () => {
  const rig = await open();
  const pending = rig.read('u1', 'holding:0');
  const waiting = [rig.read('u2', 'holding:0'), rig.write('u3', 'coil:1', [1])];
  const closing = rig.rig.close();
  rig.clock.advance(1_000);
  await closing;
  assert.ok([pending, ...waiting].every((answers) => answers.length === 1));
  assert.equal(rig.clock.pending, 0);
});

test('refuses two devices for one unit of a line', async () => {
  await assert.rejects(LineRig.open({ u1: unitAt(1), u2: unitAt(1) }), { code: 'GATEWAY_INVALID' });
});

test.run();
