import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { emit, type NmeaRig, openNmea, sentence } from './nmea-rig.ts';

const test = suite('nmea-0183 merged', { timeoutMs: 120_000 });
const ready = await readyModule('nmea-0183');
const SETTINGS = { device: 'gps', emit: 'merged', intervalMs: 1_000, staleMs: 3_000 };
const GGA = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';
const RMC = '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A';
const DPT = '$INDPT,2.3,0.0*46';

for (const target of TARGETS) {
  const open = (more: Json = {}): NmeaRig => openNmea(ready.wasm(target), { ...SETTINGS, ...more });

  test(`${target}: at each interval one message has the newest of what all sentences told`, () => {
    const rig = open();
    assert.deepEqual(emit(rig, GGA, RMC, DPT, '$GNGSA,A,3,80,71,73,79,69,,,,,,,,1.83,1.09,1.47*17'), []);
    rig.advance(1_000);
    assert.deepEqual(rig.take(), [
      {
        device: 'gps',
        time: 1_700_000_001_000,
        sentence: 'merged',
        utcMs: 764_426_119_000,
        timeOfDayMs: 45_319_000,
        valid: true,
        quality: 1,
        fixMode: 3,
        selection: 'A',
        latitudeDeg: 48.1173,
        longitudeDeg: 11.5166666667,
        altitudeM: 545.4,
        geoidSeparationM: 46.9,
        speedMps: 11.524,
        courseDeg: 84.4,
        variationDeg: -3.1,
        satellitesUsed: 8,
        pdop: 1.83,
        hdop: 1.09,
        vdop: 1.47,
        depthM: 2.3,
        transducerOffsetM: 0,
      },
    ]);
    assert.deepEqual(rig.properties, { device: 'gps', sentence: 'merged' });
  });

  test(`${target}: what is older than staleMs is left out, and without anything new nothing is sent`, () => {
    const rig = open();
    emit(rig, DPT);
    rig.advance(3_000);
    assert.equal(rig.take().length, 1);
    emit(rig, sentence('GPHDT,10,T'));
    rig.advance(1_000);
    const [message, ...more] = rig.take();
    assert.deepEqual(more, []);
    assert.deepEqual([message!['headingDeg'], message!['depthM']], [10, undefined]);
  });

  test(`${target}: a fix that is lost takes its position along at once, and nothing else`, () => {
    for (const lost of [
      'GPRMC,123520,V,,,,,,,230394,,',
      'GPGGA,123520,,,,,0,00,99.9,,,,,,',
      'GPGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9',
    ]) {
      const rig = open();
      emit(rig, GGA, RMC, DPT, sentence(lost));
      rig.advance(1_000);
      const [message] = rig.take();
      for (const key of ['latitudeDeg', 'longitudeDeg', 'altitudeM', 'speedMps', 'courseDeg'])
        assert.ok(!(key in message!), `${lost}: ${key}`);
      assert.equal(message!['depthM'], 2.3);
      emit(rig, GGA);
      rig.advance(1_000);
      assert.equal(rig.take()[0]!['latitudeDeg'], 48.1173);
    }
  });

  test(`${target}: wind that is relative and wind that is true stay apart, and go when the sensor says that they are not valid`, () => {
    const rig = open();
    emit(rig, sentence('WIMWV,10,R,5,M,A'), sentence('WIMWV,20,T,6,M,A'));
    rig.advance(1_000);
    const [message] = rig.take();
    assert.deepEqual([message!['windAngleRelativeDeg'], message!['windSpeedRelativeMps']], [10, 5]);
    assert.deepEqual([message!['windAngleTrueDeg'], message!['windSpeedTrueMps']], [20, 6]);
    emit(rig, sentence('WIMWV,,R,,M,V'));
    rig.advance(1_000);
    const [after] = rig.take();
    assert.equal(after!['windValid'], false);
    assert.ok(!('windAngleRelativeDeg' in after!) && !('windSpeedTrueMps' in after!));
  });

  test(`${target}: nothing of one port goes on in the fix of another`, () => {
    const rig = open();
    emit(rig, GGA);
    rig.patch({ device: 'other' });
    rig.answer(1, 0, Buffer.from(GGA));
    rig.advance(1_000);
    assert.deepEqual(rig.take(), []);
    rig.answer(2, 0, Buffer.from(DPT));
    rig.advance(1_000);
    const [message] = rig.take();
    assert.deepEqual([message!['device'], message!['depthM'], message!['latitudeDeg']], ['other', 2.3, undefined]);
  });

  test(`${target}: going back to single sentences ends the merged ones`, () => {
    const rig = open();
    emit(rig, GGA);
    rig.patch({ emit: null, intervalMs: null, staleMs: null });
    rig.advance(10_000);
    assert.deepEqual(rig.take(), []);
    assert.equal(emit(rig, DPT).length, 1);
  });
}

test.run();
