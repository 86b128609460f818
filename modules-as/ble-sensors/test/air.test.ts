import { assert, suite } from '../../../test/lib/suite.ts';
import { adStructure, advertisement, manufacturerData, serviceData } from '../../test-lib/ble-payloads.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { ADDRESS, hear, openSensors, openWithKeys, reported, type SensorsRig, STATUS } from './sensors-rig.ts';

const test = suite('ble-sensors advertisements', { timeoutMs: 240_000 });
const ready = await readyModule('ble-sensors');
const AIR = { advertisements: { device: 'air' } };
const RUUVI = '0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F';
const ENCRYPTED = '41a47266c95f730011223378237214';
const KEY: [string, string] = ['BTHOME_KEY_5448E68F80A5', '231d39c1d7cc1ab1aee224cd096db932'];
const NONE = { decoded: 0, repeated: 0, other: 0, malformed: 0, encrypted: 0, replayed: 0 };

for (const target of TARGETS) {
  const wasm = ready.wasm(target);
  const open = (more: Json = {}): SensorsRig => openSensors(wasm, { advertisements: { device: 'air', ...more } });
  const counters = (rig: SensorsRig): Json => {
    const { device: _device, status: _status, since: _since, ...counts } = reported(rig, 'advertisements');
    return counts;
  };

  test(`${target}: asks once for what its scan device hears, and tells values, sender and strength`, () => {
    const rig = open({ names: { [ADDRESS]: 'fridge' } });
    assert.deepEqual(rig.takeRequests(), [{ id: 1, function: 'advertisements', device: 'air', place: '' }]);
    assert.deepEqual(hear(rig, 'bthome', '4002CA0903BF13'), [
      {
        ...{ device: 'fridge', time: 1_700_000_000_000, format: 'bthome', address: ADDRESS, rssiDbm: -60 },
        ...{ temperatureCel: 25.06, humidityPct: 50.55 },
      },
    ]);
    assert.deepEqual(rig.properties, { device: 'fridge', format: 'bthome', address: ADDRESS });
    const [ruuvi] = hear(rig, 'ruuvi', RUUVI, 'CB:B8:33:4C:88:4F', 127);
    assert.deepEqual([ruuvi!['device'], ruuvi!['format']], ['CB:B8:33:4C:88:4F', 'ruuvi']);
    assert.deepEqual([ruuvi!['temperatureCel'], ruuvi!['rssiDbm']], [24.3, undefined]);
    assert.deepEqual(rig.advance(60_000).takeRequests(), []);
  });

  test(`${target}: finds the data among other structures, also in the scan response`, () => {
    const rig = open();
    const flags = adStructure(1, Buffer.of(6));
    const name = adStructure(9, Buffer.from('tag'));
    const data = serviceData(0xfcd2, Buffer.from('400161', 'hex'));
    rig.answer(1, 0, advertisement(ADDRESS, -1, Buffer.concat([flags, name]), data), 1);
    assert.deepEqual(
      rig.take().map((message) => message['batteryPct']),
      [97],
    );
    const both = Buffer.concat([flags, manufacturerData(0x0499, Buffer.from(RUUVI, 'hex'))]);
    rig.answer(1, 0, advertisement(ADDRESS, -1, both), 2);
    assert.equal(rig.take().length, 1);
  });

  test(`${target}: what a sender says again is one message until repeatMs is over`, () => {
    const rig = open({ repeatMs: 10_000 });
    assert.equal(hear(rig, 'ruuvi', RUUVI).length, 1);
    for (let n = 0; n < 9; n++) {
      rig.advance(1_000);
      assert.deepEqual(hear(rig, 'ruuvi', RUUVI), []);
    }
    assert.equal(hear(rig, 'ruuvi', RUUVI, '00:00:00:00:00:01').length, 1, 'another sender');
    rig.advance(1_000);
    assert.equal(hear(rig, 'ruuvi', RUUVI).length, 1, 'later');
    assert.equal(hear(rig, 'ruuvi', RUUVI.replace('12FC', '12FD')).length, 1, 'something else');
    assert.equal(counters(rig)['repeated'], 9);
    const always = open({ repeatMs: 0 });
    assert.equal(hear(always, 'ruuvi', RUUVI).length + hear(always, 'ruuvi', RUUVI).length, 2);
  });

  test(`${target}: of more than 256 senders, the one not heard for longest is forgotten`, () => {
    const rig = open();
    const sender = (n: number): string =>
      `00:00:00:00:0${n >> 8}:${(n & 255).toString(16).toUpperCase().padStart(2, '0')}`;
    const isNews = (n: number): boolean => hear(rig, 'bthome', '400161', sender(n)).length === 1;
    for (let n = 0; n < 256; n++) {
      rig.advance(1);
      assert.ok(isNews(n));
    }
    rig.advance(1);
    assert.ok(!isNews(0));
    assert.ok(isNews(256));
    assert.deepEqual([isNews(0), isNews(2), isNews(1)], [false, false, true]);
  });

  test(`${target}: counts what is not decoded by what is wrong with it`, () => {
    const rig = open();
    const silent = [
      hear(rig, 'bthome', ENCRYPTED),
      hear(rig, 'bthome', '4002CA'),
      hear(rig, 'bthome', ''),
      hear(rig, 'ruuvi', '05'),
    ];
    rig.answer(1, 0, advertisement(ADDRESS, -1, manufacturerData(0x004c, Buffer.of(2, 21))), 1);
    assert.deepEqual([...silent.flat(), ...rig.take()], []);
    assert.deepEqual(counters(rig), { ...NONE, encrypted: 1, malformed: 3, other: 1 });
  });

  test(`${target}: a sensor that has no value at all is heard, and nothing is sent`, () => {
    const rig = open();
    assert.deepEqual(hear(rig, 'ruuvi', '058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF'), []);
    assert.deepEqual(counters(rig), { ...NONE, decoded: 1 });
  });

  test(`${target}: only the formats that are asked for are decoded`, () => {
    const rig = open({ formats: ['bthome'] });
    assert.deepEqual(hear(rig, 'ruuvi', RUUVI), []);
    assert.equal(hear(rig, 'bthome', '400161').length, 1);
    assert.deepEqual(counters(rig), { ...NONE, decoded: 1, other: 1 });
  });

  test(`${target}: with the key of a device its encrypted data is decoded, and its other data and old data are refused`, () => {
    const rig = openWithKeys(wasm, AIR, [['OTHER', 'x'], KEY]);
    const [message] = hear(rig, 'bthome', ENCRYPTED);
    assert.deepEqual([message!['temperatureCel'], message!['humidityPct']], [25.06, 50.55]);
    assert.deepEqual(hear(rig, 'bthome', '4002CA0903BF13'), [], 'not encrypted');
    assert.equal(hear(rig, 'bthome', '4002CA0903BF13', '00:00:00:00:00:01').length, 1, 'another device');
    assert.deepEqual(counters(rig), { ...NONE, decoded: 2, encrypted: 1 });
  });

  test(`${target}: a key that is none is said in the log, without the key`, () => {
    for (const [name, value] of [
      ['BTHOME_KEY_5448E68F80', KEY[1]],
      ['BTHOME_KEY_5448E68F80A5', 'secret'],
    ] as const) {
      const rig = openWithKeys(wasm, AIR, [[name, value]]);
      assert.deepEqual(rig.logs, [`${name}: expected 12 digits of an address, and 32 of a key`]);
      assert.deepEqual(hear(rig, 'bthome', ENCRYPTED), []);
    }
  });

  test(`${target}: a refused subscription, or one that is over, is asked for again, more and more seldom`, () => {
    const rig = open();
    rig.takeRequests();
    rig.answer(1, STATUS.cancelled);
    assert.equal(rig.advance(5_000).takeRequests().length, 1);
    rig.answer(2, STATUS.notFound).advance(9_000);
    assert.deepEqual(rig.takeRequests(), []);
    rig.advance(6_000);
    assert.equal((rig.reported['advertisements'] as Json)['status'], 'failed');
    assert.equal(rig.takeRequests().length, 1);
    for (let id = 3; id < 10; id++) rig.answer(id, STATUS.notFound).advance(65_000);
    assert.equal(rig.takeRequests().length, 7);
  });

  test(`${target}: another scan device replaces the one before, none ends it`, () => {
    const rig = open();
    reported(rig, 'advertisements');
    rig.takeRequests();
    rig.patch({ advertisements: { device: 'roof' } });
    assert.deepEqual(
      rig.takeRequests().map((request) => [request.function, request.device]),
      [
        ['unsubscribe', 'air'],
        ['advertisements', 'roof'],
      ],
    );
    assert.deepEqual(hear(rig, 'ruuvi', RUUVI), [], 'the subscription of before');
    rig.patch({ advertisements: { repeatMs: 0 } });
    assert.deepEqual(rig.takeRequests(), []);
    rig.patch({ advertisements: null });
    assert.deepEqual(
      rig.takeRequests().map((request) => request.device),
      ['roof'],
    );
    assert.equal(rig.reported['advertisements'], undefined);
  });

  test(`${target}: memory stays flat over thousands of advertisements of a thousand senders`, () => {
    const rig = openWithKeys(wasm, AIR, [KEY]);
    const count = target === 'release' ? 20_000 : 6_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      const address = `00:00:00:00:${(n % 4).toString().padStart(2, '0')}:${(n % 251).toString(16).padStart(2, '0').toUpperCase()}`;
      if (n % 3 === 0) hear(rig, 'bthome', `4002CA09530548656C6C${(n & 0x7f).toString(16).padStart(2, '0')}`, address);
      else if (n % 3 === 1) hear(rig, 'ruuvi', RUUVI.replace('CD', (n & 255).toString(16).padStart(2, '0')), address);
      else hear(rig, 'bthome', ENCRYPTED.replace('a4', (n & 255).toString(16).padStart(2, '0')));
      if (n === count / 2) settled = rig.module.memoryBytes;
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 327_680, `${settled} bytes`);
  });

  test(`${target}: nobody passes for a device that has a key by data of another format`, () => {
    const rig = openWithKeys(wasm, AIR, [KEY]);
    assert.deepEqual(hear(rig, 'ruuvi', RUUVI), []);
    assert.deepEqual(counters(rig), { ...NONE, encrypted: 1 });
    assert.equal(hear(rig, 'ruuvi', RUUVI, '00:00:00:00:00:01').length, 1, 'a device without a key');
  });

  test(`${target}: texts that are no text harm nobody`, () => {
    const rig = open();
    for (const text of ['EDA080', 'F7BFBFBF', 'FF00FE', 'C3', 'E282', 'F09F98']) {
      const bytes = (text.length / 2).toString(16).padStart(2, '0');
      hear(rig, 'bthome', `4053${bytes}${text}`);
    }
    assert.equal(hear(rig, 'bthome', '400161').length, 1);
  });
}

test.run();
