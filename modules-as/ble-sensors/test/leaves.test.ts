import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { openSensors, reported, type SensorsRig, STATUS } from './sensors-rig.ts';

const test = suite('ble-sensors devices', { timeoutMs: 240_000 });
const ready = await readyModule('ble-sensors');
const CHARACTERISTICS = ['181a/2a6e', '181A/2A6F', '180f/2a19'];
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

for (const target of TARGETS) {
  const open = (devices: Json): SensorsRig => openSensors(ready.wasm(target), { devices });
  const places = (rig: SensorsRig): [string, string][] =>
    rig.takeRequests().map((request) => [request.function, request.place]);
  const device = (rig: SensorsRig): Json => (reported(rig, 'devices') as { boiler: Json }).boiler;

  test(`${target}: without an interval subscribes to each characteristic, and sends what is notified`, () => {
    const rig = open({ boiler: { characteristics: CHARACTERISTICS } });
    assert.deepEqual(places(rig), [
      ['subscribe', '181a/2a6e'],
      ['subscribe', '181a/2a6f'],
      ['subscribe', '180f/2a19'],
    ]);
    rig.answer(1, STATUS.ok);
    assert.deepEqual(rig.take(), [], 'the link is there');
    rig.answer(1, STATUS.ok, hex('1a09'), 1).answer(3, STATUS.ok, hex('61'), 1).answer(2, STATUS.ok, hex('bf13'), 1);
    const time = 1_700_000_000_000;
    assert.deepEqual(rig.take(), [
      { device: 'boiler', time, format: 'gatt', temperatureCel: 23.3 },
      { device: 'boiler', time, format: 'gatt', batteryPct: 97 },
      { device: 'boiler', time, format: 'gatt', humidityPct: 50.55 },
    ]);
    assert.deepEqual(rig.properties, { device: 'boiler', format: 'gatt' });
    assert.deepEqual(places(rig.advance(60_000)), []);
  });

  test(`${target}: a value that is not known is counted and not sent, one that cannot be is malformed`, () => {
    const rig = open({ boiler: { characteristics: ['181a/2a6e'] } });
    for (const data of ['0080', '00', '', '1a0900', '4c95']) rig.answer(1, STATUS.ok, hex(data), 1);
    assert.deepEqual(rig.take(), []);
    const { values, malformed, failures, status } = device(rig);
    assert.deepEqual([values, malformed, failures, status], [1, 4, 0, 'ok']);
  });

  test(`${target}: a link that is away is said, and the host brings the subscription back`, () => {
    const rig = open({ boiler: { characteristics: ['181a/2a6e'] } });
    places(rig);
    rig.answer(1, STATUS.unavailable, undefined, 257);
    assert.equal(device(rig)['status'], 'unavailable');
    assert.deepEqual(places(rig), []);
    rig.answer(1, STATUS.ok).answer(1, STATUS.ok, hex('1a09'), 1);
    assert.equal(rig.take().length, 1);
    assert.deepEqual(rig.logs, ['boiler: unavailable', 'boiler: ok']);
  });

  test(`${target}: a subscription that fails or is refused is asked for again`, () => {
    const rig = open({ boiler: { characteristics: ['181a/2a6e'] } });
    places(rig);
    rig.answer(1, STATUS.failed, undefined, 3);
    assert.deepEqual(places(rig.advance(5_000)), [['subscribe', '181a/2a6e']]);
    assert.equal(device(rig)['failures'], 1);
    rig.module.host.statuses.set('ble.request', STATUS.denied);
    rig.patch({ devices: { boiler: null, roof: { characteristics: ['181a/2a6e'] } } });
    rig.advance(15_000);
    assert.deepEqual(Object.keys(rig.reported['devices'] as Json), ['roof']);
    assert.equal((rig.reported['devices'] as { roof: Json }).roof['status'], 'denied');
    rig.module.host.statuses.clear();
    assert.deepEqual(places(rig.advance(60_000)), [['subscribe', '181a/2a6e']]);
  });

  test(`${target}: with an interval reads one characteristic after the other, and a round that is late is left out`, () => {
    const rig = open({ boiler: { characteristics: CHARACTERISTICS, intervalMs: 10_000 } });
    assert.deepEqual(places(rig.advance(1)), [['read', '181a/2a6e']]);
    rig.answer(1, STATUS.ok, hex('1a09'));
    assert.deepEqual(places(rig), [['read', '181a/2a6f']]);
    rig.answer(2, STATUS.timeout);
    assert.deepEqual(places(rig), [['read', '180f/2a19']]);
    assert.deepEqual(places(rig.advance(25_000)), [], 'the round goes on');
    rig.answer(3, STATUS.ok, hex('64'));
    assert.deepEqual(
      rig.take().map((message) => Object.keys(message).at(-1)),
      ['temperatureCel', 'batteryPct'],
    );
    assert.deepEqual(places(rig.advance(10_000)), [['read', '181a/2a6e']]);
    const { values, failures, status } = device(rig);
    assert.deepEqual([values, failures, status], [2, 1, 'timeout']);
  });

  test(`${target}: a device that never has one of its characteristics is reported once`, () => {
    const rig = open({ boiler: { characteristics: ['181a/2a6e', '181a/2a76'], intervalMs: 1_000 } });
    rig.advance(1);
    for (let n = 0, id = 1; n < 1_000; n++) {
      rig.answer(id++, STATUS.ok, hex('1a09')).answer(id++, STATUS.failed, undefined, 1);
      if (n === 10) rig.advance(1_000);
      else rig.advance(1_000);
    }
    assert.deepEqual(rig.logs, ['boiler: failed']);
    assert.equal(rig.take().length, 1_000);
    assert.ok(rig.reports <= 8, `${rig.reports}`);
  });

  test(`${target}: settings that change leave other devices alone`, () => {
    const rig = open({ boiler: { characteristics: ['181a/2a6e'] }, roof: { characteristics: ['181a/2a6d'] } });
    places(rig);
    rig.patch({ devices: { roof: { characteristics: ['181a/2a6d', '180f/2a19'] } } });
    assert.deepEqual(places(rig), [
      ['unsubscribe', '181a/2a6d'],
      ['subscribe', '181a/2a6d'],
      ['subscribe', '180f/2a19'],
    ]);
    rig.patch({ devices: { boiler: { intervalMs: 5_000 } } });
    assert.deepEqual(places(rig.advance(1)), [
      ['unsubscribe', '181a/2a6e'],
      ['read', '181a/2a6e'],
    ]);
    rig.answer(1, STATUS.ok, hex('1a09'), 1);
    assert.deepEqual(rig.take(), [], 'of before');
    rig.patch({ devices: null });
    assert.deepEqual(
      places(rig.advance(60_000)).map(([name]) => name),
      ['unsubscribe', 'unsubscribe'],
    );
  });

  test(`${target}: twelve polled devices have a timer each, also after changes`, () => {
    const all = (intervalMs: number): Json =>
      Object.fromEntries(
        Array.from({ length: 12 }, (_, n) => [`d${n}`, { characteristics: ['180f/2a19'], intervalMs }]),
      );
    const rig = open(all(10_000));
    assert.equal(rig.advance(1).takeRequests().length, 12);
    rig.patch({ devices: all(20_000) });
    assert.equal(
      new Set(
        rig
          .advance(1)
          .takeRequests()
          .map((request) => request.device),
      ).size,
      12,
    );
  });

  test(`${target}: memory stays flat over 100,000 values`, () => {
    const rig = open({ boiler: { characteristics: CHARACTERISTICS } });
    const count = target === 'release' ? 100_000 : 20_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      rig.answer(1, n % 50 === 0 ? STATUS.unavailable : STATUS.ok, Buffer.of(n & 255, 9), (n % 50) + 1);
      if (n % 1_000 === 0) rig.advance(5_000).take();
      if (n === count / 2) settled = rig.module.memoryBytes;
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 262_144, `${settled} bytes`);
  });
}

test.run();
