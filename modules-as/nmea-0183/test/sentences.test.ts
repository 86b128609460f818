import { readFileSync } from 'node:fs';
import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { counters, emit, openNmea, sentence } from './nmea-rig.ts';

const test = suite('nmea-0183 sentences', { timeoutMs: 120_000 });
const ready = await readyModule('nmea-0183');

interface Vector {
  readonly origin: string;
  readonly sentences: readonly string[];
  readonly values: Json;
}
const file = new URL('../../../test/vectors/nmea/sentences.json', import.meta.url);
const VECTORS = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
const TIME = 1_700_000_000_000;

for (const target of TARGETS) {
  const wasm = ready.wasm(target);
  const decode = (body: string): Json | undefined => {
    const [message] = emit(openNmea(wasm), sentence(body));
    if (message === undefined) return undefined;
    const { device: _device, time: _time, talker: _talker, sentence: _sentence, ...values } = message;
    return values;
  };

  test(`${target}: says of public sentences what they mean, in SI units`, () => {
    assert.equal(new Set(VECTORS.map(({ values }) => values['sentence'])).size, 12);
    for (const { sentences, values } of VECTORS) {
      const messages = emit(openNmea(wasm), ...sentences);
      assert.deepEqual(messages, [{ device: 'gps', time: TIME, ...values }], sentences.join('\n'));
    }
  });

  test(`${target}: tells device, sentence and talker also in the properties of the message`, () => {
    const rig = openNmea(wasm);
    emit(rig, '$GPHDT,274.07,T*03');
    assert.deepEqual(rig.properties, { device: 'gps', sentence: 'HDT', talker: 'GP' });
  });

  test(`${target}: takes any talker, and passes over noise and tag blocks before a sentence and the line's end behind it`, () => {
    for (const talker of ['GP', 'GN', 'BD', 'U1', 'ZZ'])
      assert.equal(emit(openNmea(wasm), sentence(`${talker}HDT,1.5,T`))[0]!['talker'], talker);
    for (const before of ['\x00\xff$', '\\s:r3669961,c:1120959341*51\\', '$GPGGA,12'])
      assert.equal(emit(openNmea(wasm), `${before}$GPHDT,274.07,T*03\r\n`).length, 1, before);
  });

  test(`${target}: without a fix no position, speed or course is told, whatever the fields hold`, () => {
    const position = '4807.038,N,01131.000,E';
    const none = { timeOfDayMs: 45_319_000, valid: false };
    assert.deepEqual(decode(`GPGLL,${position},123519,V`), none);
    assert.deepEqual(decode(`GPGLL,${position},123519,A,N`), { ...none, mode: 'N' });
    assert.deepEqual(decode(`GPRMC,123519,V,${position},022.4,084.4,230394,003.1,W`), {
      ...none,
      utcMs: 764_426_119_000,
    });
    assert.deepEqual(decode('GPRMC,,V,,,,,,,,,,N'), { valid: false, mode: 'N' });
    assert.deepEqual(decode(`GPGGA,123519,${position},0,00,99.9,545.4,M,46.9,M,,`), {
      timeOfDayMs: 45_319_000,
      quality: 0,
      satellitesUsed: 0,
    });
    assert.deepEqual(decode('GPVTG,054.7,T,034.4,M,005.5,N,010.2,K,N'), { mode: 'N' });
    assert.deepEqual(decode('GPGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9'), { fixMode: 1, selection: 'A' });
    assert.deepEqual(decode('WIMWV,214.8,R,0.1,K,V'), { windValid: false });
  });

  test(`${target}: speeds and depths come in m/s and m from every unit that the standard has`, () => {
    assert.deepEqual(decode('WIMWV,10,T,10,N,A'), { windValid: true, windAngleTrueDeg: 10, windSpeedTrueMps: 5.144 });
    assert.equal(decode('WIMWV,10,R,36,K,A')!['windSpeedRelativeMps'], 10);
    assert.equal(decode('WIMWV,10,R,10,S,A')!['windSpeedRelativeMps'], 4.47);
    assert.equal(decode('GPVTG,1,T,,M,,N,36.0,K')!['speedMps'], 10);
    assert.deepEqual(decode('GPVTG,089,092,003.6,'), { courseDeg: 89, courseMagneticDeg: 92, speedMps: 1.852 });
    assert.deepEqual(decode('SDDBT,10,f,,M,,F'), { depthM: 3.048 });
    assert.deepEqual(decode('SDDBT,,f,,M,10,F'), { depthM: 18.288 });
    assert.deepEqual(decode('SDDBT,,f,22.5,M,,F'), { depthM: 22.5 });
    assert.deepEqual(decode('SDDPT,76.1,-0.5,100'), { depthM: 76.1, transducerOffsetM: -0.5, depthRangeM: 100 });
    assert.deepEqual(decode('INMTW,-1.5,C'), { waterTemperatureCel: -1.5 });
  });

  test(`${target}: knows the days of months, leap years and leap seconds, and ends the century at 80`, () => {
    const date = (text: string): unknown => decode(`GPRMC,000000,V,,,,,,,${text},,`)?.['utcMs'];
    for (const [text, iso] of [
      ['290224', '2024-02-29'],
      ['010300', '2000-03-01'],
      ['311279', '2079-12-31'],
      ['010180', '1980-01-01'],
    ] as const)
      assert.equal(date(text), Date.parse(iso), text);
    for (const text of ['290223', '310424', '000124', '011324', '010024', '32012', '0101244', '0a0124'])
      assert.equal(date(text), undefined, text);
    assert.equal(decode('GPZDA,235960.50,31,12,2016,00,00')!['utcMs'], Date.parse('2017-01-01T00:00:00.500Z'));
    assert.equal(decode('GPZDA,000000,29,02,2000,-03,30')!['zoneMin'], -210);
    assert.equal(decode('GPZDA,000000,29,02,2100,,'), undefined);
  });

  test(`${target}: a list of satellites comes out whole or not at all, those of each talker and signal by themselves`, () => {
    const part = (talker: string, of: string, id: number, signal = ''): string =>
      sentence(`${talker}GSV,${of},04,${id},10,20,30${signal}`);
    const rig = openNmea(wasm);
    const [gps, , ...none] = [
      emit(rig, part('GP', '2,1', 1), part('GL', '2,1', 65), part('GP', '2,2', 2)),
      emit(rig, part('GA', '2,1', 3, ',7'), part('GA', '2,1', 3, ',1'), part('GA', '2,2', 4, ',7')),
      emit(rig, part('GP', '2,1', 1), part('GP', '3,2', 2), part('GP', '3,3', 3)),
      emit(rig, part('GP', '3,1', 1), part('GP', '3,3', 2), part('GP', '3,2', 2)),
      emit(rig, part('GB', '3,2', 1), part('GB', '3,3', 1)),
      emit(rig, part('GP', '2,1', 1), part('GP', '2,1', 1)),
    ];
    const ids = ({ satellites }: Json): number[] => (satellites as { id: number }[]).map(({ id }) => id);
    assert.deepEqual(gps!.map(ids), [[1, 2]]);
    assert.deepEqual(none, [[], [], [], []]);
    assert.deepEqual(emit(rig, part('GP', '2,2', 9)).map(ids), [[1, 9]]);
    assert.equal(counters(rig)['incomplete'], 4);
    const [empty] = emit(rig, '$GPGSV,1,1,00*79');
    assert.deepEqual([empty!['satellitesInView'], empty!['satellites']], [0, undefined]);
  });

  test(`${target}: twenty talkers at once are held in sixteen lists, the oldest is counted as incomplete`, () => {
    const rig = openNmea(wasm);
    const talkers = Array.from({ length: 20 }, (_, n) => `A${String.fromCharCode(65 + n)}`);
    emit(rig, ...talkers.map((talker) => sentence(`${talker}GSV,2,1,04,1,10,20,30`)));
    const whole = emit(rig, ...talkers.toReversed().map((talker) => sentence(`${talker}GSV,2,2,04,2,10,20,30`)));
    assert.equal(whole.length, 16);
    assert.equal(counters(rig)['incomplete'], 8, 'four beginnings and their four ends');
  });
}

test.run();
