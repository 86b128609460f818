import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { readSerialRequest } from '../../test-lib/serial-payloads.ts';
import { counters, emit, openNmea, sentence } from './nmea-rig.ts';

const test = suite('nmea-0183 line', { timeoutMs: 240_000 });
const ready = await readyModule('nmea-0183');
const STATUS = { denied: -2, full: -4, cancelled: -11 };
const HDT = '$GPHDT,274.07,T*03';

for (const target of TARGETS) {
  const wasm = ready.wasm(target);

  test(`${target}: subscribes to its port once, whatever else changes in the settings`, () => {
    const rig = openNmea(wasm);
    assert.deepEqual(rig.takeRequests(), [{ id: 1, function: 0, device: 'gps', data: Buffer.alloc(0) }]);
    rig.patch({ sentences: ['HDT'] });
    rig.patch({ device: 'other' });
    assert.deepEqual(
      rig.takeRequests().map(({ device }) => device),
      ['other'],
    );
    rig.patch({ device: 'gps' });
    assert.deepEqual(rig.takeRequests(), []);
    assert.equal(emit(rig, HDT).length, 1);
  });

  test(`${target}: the twin says that the port waits, works and fell silent, and how many sentences came`, () => {
    const rig = openNmea(wasm).advance(5_000);
    assert.deepEqual(rig.reported['line'], {
      ...{ device: 'gps', status: 'waiting', since: 1_700_000_000_000 },
      ...{ sentences: 0, checksum: 0, malformed: 0, other: 0, incomplete: 0, dropped: 0 },
    });
    emit(rig, HDT, 'noise', '$GPHDT,274.07,T*04');
    rig.advance(5_000);
    emit(rig, HDT);
    rig.advance(5_000);
    assert.deepEqual(rig.reported['line'], {
      ...{ device: 'gps', status: 'ok', since: 1_700_000_005_000 },
      ...{ sentences: 2, checksum: 1, malformed: 1, other: 0, incomplete: 0, dropped: 0 },
    });
    rig.advance(10_000);
    assert.equal((rig.reported['line'] as Json)['status'], 'silent');
    assert.deepEqual(rig.logs, ['gps: waiting', 'gps: ok', 'gps: silent']);
  });

  test(`${target}: ten sentences a second for an hour are at most thirteen reports`, () => {
    const rig = openNmea(wasm);
    const { reports } = rig;
    for (let n = 0; n < 36_000; n++) rig.answer(1, 0, Buffer.from(HDT)).advance(100);
    assert.ok(rig.reports - reports <= 14, `${rig.reports - reports}`);
    assert.equal(rig.take().length, 36_000);
  });

  test(`${target}: a line that comes and goes each 11 seconds is reported at most every ten`, () => {
    const rig = openNmea(wasm);
    const { reports } = rig;
    for (let n = 0; n < 60; n++) rig.answer(1, 0, Buffer.from(HDT)).advance(11_000);
    assert.ok(rig.reports - reports <= 66, `${rig.reports - reports}`);
  });

  test(`${target}: a refused subscription is tried again, more and more seldom`, () => {
    const rig = new ModuleRig(wasm, new Map(), readSerialRequest);
    rig.module.host.statuses.set('serial.request', STATUS.denied);
    rig.start({ device: 'gps' }).advance(600_000);
    assert.equal((rig.reported['line'] as Json)['status'], 'denied');
    assert.deepEqual(rig.logs, ['gps: denied']);
    rig.module.host.statuses.clear();
    rig.advance(60_000);
    assert.equal(rig.takeRequests().length, 1);
    assert.equal(emit(rig, HDT).length, 1);
  });

  test(`${target}: a subscription that the host ends is made again`, () => {
    const rig = openNmea(wasm);
    emit(rig, HDT);
    rig.takeRequests();
    rig.answer(1, STATUS.cancelled).advance(1_000);
    assert.equal(rig.takeRequests().length, 1);
    rig.answer(2, 0, Buffer.from(HDT));
    assert.equal(rig.take().length, 1);
    assert.deepEqual(emit(rig, HDT), [], 'answers with the id of before are of no use');
  });

  test(`${target}: messages that the host does not take are counted`, () => {
    const rig = openNmea(wasm);
    rig.module.host.statuses.set('message.emit', STATUS.full);
    emit(rig, HDT, HDT);
    rig.module.host.statuses.clear();
    assert.equal(counters(rig)['dropped'], 2);
  });

  test(`${target}: memory stays flat over 100,000 sentences of all kinds, good and bad`, () => {
    const rig = openNmea(wasm);
    const count = target === 'release' ? 100_000 : 20_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      const talker = String.fromCharCode(65 + (n % 26), 65 + (n % 23));
      emit(
        rig,
        [
          sentence(`${talker}GSV,2,${1 + (n % 2)},08,01,40,083,46,02,17,308,41,12,07,344,39`),
          sentence(`${talker}GLL,4916.45,N,12311.12,W,225444,A,`),
          sentence(`${talker}GSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1`),
          sentence(`${talker}XYZ,1`),
          sentence(`${talker}HDT,x,T`),
        ][n % 5]!,
      );
      if (n === 5_000) settled = rig.module.memoryBytes;
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 262_144, `${settled} bytes`);
  });
}

test.run();
