import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { assert, suite } from '../../../test/lib/suite.ts';
import { readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { counters, emit, openNmea, sentence } from './nmea-rig.ts';

const test = suite('nmea-0183 bad sentences', { timeoutMs: 240_000 });
const ready = await readyModule('nmea-0183');
const file = new URL('../../../test/vectors/nmea/sentences.json', import.meta.url);
const SENTENCES = (JSON.parse(readFileSync(file, 'utf8')) as { sentences: string[] }[]).flatMap((v) => v.sentences);

/** Sentences whose checksum is right and of which one field is not what it has to be. */
const WRONG_FIELDS = [
  'GPGLL,9000.01,N,01131.000,E,123519,A',
  'GPGLL,4860.000,N,01131.000,E,123519,A',
  'GPGLL,4807.038,N,18000.01,E,123519,A',
  'GPGLL,4807.038,X,01131.000,E,123519,A',
  'GPGLL,4807.038,NN,01131.000,E,123519,A',
  'GPGLL,4807.038,,01131.000,E,123519,A',
  'GPGLL,,,01131.000,E,123519,A',
  'GPGLL,807.038,N,01131.000,E,123519,A',
  'GPGLL,48O7.038,N,01131.000,E,123519,A',
  'GPGLL,4807.0.8,N,01131.000,E,123519,A',
  'GPGLL,4807x038,N,01131.000,E,123519,A',
  'GPGLL,4807.038,N,01131.000,E,240000,A',
  'GPGLL,4807.038,N,01131.000,E,126019,A',
  'GPGLL,4807.038,N,01131.000,E,123561,A',
  'GPGLL,4807.038,N,01131.000,E,12351,A',
  'GPGLL,4807.038,N,01131.000,E,123519x1,A',
  'GPGLL,4807.038,N,01131.000,E,123519,B',
  'GPGLL,4807.038,N,01131.000,E,123519,',
  'GPGLL,4807.038,N,01131.000,E,123519',
  'GPGLL,4807.038,N,01131.000,E,123519,A,Z',
  'GPRMC,123519,A,4807.038,N,01131.000,E,-1,084.4,230394,003.1,W',
  'GPRMC,123519,A,4807.038,N,01131.000,E,022.4,360.1,230394,003.1,W',
  'GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,',
  'GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394',
  'GPGGA,123519,4807.038,N,01131.000,E,,08,0.9,545.4,M,46.9,M,,',
  'GPGGA,123519,4807.038,N,01131.000,E,1.5,08,0.9,545.4,M,46.9,M,,',
  'GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,,46.9,M,,',
  'GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,F,46.9,M,,',
  'GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,',
  'GPVTG,054.7,T,034.4,X,005.5,N,010.2,K',
  'GPVTG,054.7,T,034.4,M',
  'GPGSA,A,4,04,05,,09,12,,,24,,,,,2.5,1.3,2.1',
  'GPGSA,X,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1',
  'GPGSA,A,3,04,05,,09,12,,,24,,,,2.5,1.3,2.1',
  'GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1,G',
  'GPGSV,2,3,08,01,40,083,46',
  'GPGSV,0,0,08,01,40,083,46',
  'GPGSV,,1,08,01,40,083,46',
  'GPGSV,1,1,,01,40,083,46',
  'GPGSV,1,1,08,01,91,083,46',
  'GPGSV,1,1,08,01,40,083,46,1,2',
  'GPGSV,1,1,08,01,40,083,46,X',
  'GPHDT,274.07,M',
  'GPHDT,274.07,',
  'GPHDT,,T,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,',
  'GPHDT,1234567890123456789,T',
  'GPHDT,.,T',
  'GPHDT,+,T',
  'GPHDT,1e2,T',
  'GPHDT, 1,T',
  'GPHDT,NaN,T',
  'SDDBT,7.8,m,2.4,M,1.3,F',
  'INMTW,64.2,F',
  'WIMWV,214.8,X,0.1,K,A',
  'WIMWV,214.8,R,0.1,,A',
  'WIMWV,214.8,R,0.1,K,',
  'gphdt,1.0,T',
  'GHDT,1.0,T',
  'GPHDTX,1.0,T',
  'GPHDT,1*0,T',
  'GPHDT,1,T,a*b',
  '',
];

for (const target of TARGETS) {
  const wasm = ready.wasm(target);

  test(`${target}: a field that is not what it has to be makes the whole sentence malformed`, () => {
    const rig = openNmea(wasm);
    for (const body of WRONG_FIELDS) assert.deepEqual(emit(rig, sentence(body)), [], body);
    const { malformed, sentences, checksum, other } = counters(rig);
    assert.deepEqual([malformed, sentences, checksum, other], [WRONG_FIELDS.length, 0, 0, 0]);
  });

  test(`${target}: a sentence that is cut at any byte, or has a bit changed, is counted and not decoded`, () => {
    const rig = openNmea(wasm);
    let bad = 0;
    for (const text of SENTENCES) {
      for (let bytes = 0; bytes < text.length; bytes++, bad++)
        assert.deepEqual(emit(rig, text.slice(0, bytes)), [], text.slice(0, bytes));
      for (let at = 0; at < text.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const frame = Buffer.from(text);
          frame[at]! ^= 1 << bit;
          // The one change that leaves a checksum as it is: its letters may be small.
          if (at >= text.length - 2 && frame.toString('latin1', at, at + 1).toUpperCase() === text[at]) continue;
          assert.deepEqual(emit(rig, frame), [], frame.toString('latin1'));
          bad++;
        }
      }
    }
    const { sentences, checksum, malformed } = counters(rig) as Record<string, number>;
    assert.equal(sentences, 0);
    assert.equal(checksum! + malformed!, bad);
  });

  test(`${target}: what is proprietary, not decoded or not asked for is counted as other`, () => {
    const rig = openNmea(wasm, { device: 'gps', sentences: ['HDT'] });
    const frames = ['PGRME,15.0,M,45.0,M,25.0,M', 'GPGST,182141.000,15.5,15.3,7.2,21.8,0.9,0.5,0.8', 'INMTW,17.9,C'];
    assert.deepEqual(emit(rig, ...frames.map(sentence), '!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C'), []);
    assert.equal(emit(rig, sentence('GPHDT,1,T')).length, 1);
    const { sentences, other, checksum, malformed } = counters(rig);
    assert.deepEqual([sentences, other, checksum, malformed], [1, 4, 0, 0]);
  });

  test(`${target}: any bytes are taken without a trap, and a good sentence behind them is decoded`, () => {
    const rig = openNmea(wasm);
    const runs = target === 'release' ? 20_000 : 2_000;
    const noise = fc.uint8Array({ maxLength: 300 });
    const nearly = fc
      .tuple(
        fc.constantFrom(...SENTENCES),
        fc.array(fc.tuple(fc.nat(90), fc.string({ maxLength: 12 })), { maxLength: 4 }),
      )
      .map(([text, changes]) => {
        const fields = text.slice(1, -3).split(',');
        for (const [at, value] of changes) fields[at % fields.length] = value;
        return Buffer.from(sentence(fields.join(',')), 'latin1');
      });
    const property = fc.property(fc.oneof(noise, nearly), (frame) => {
      rig.answer(1, 0, frame);
      for (const message of rig.take()) assertSane(message);
      assert.equal(emit(rig, '$GPHDT,274.07,T*03').length, 1);
    });
    fc.assert(property, { numRuns: runs });
  });
}

/** What holds of every message, whatever it was decoded from. */
function assertSane(message: Record<string, unknown>): void {
  const limits: Record<string, [number, number]> = {
    latitudeDeg: [-90, 90],
    longitudeDeg: [-180, 180],
    courseDeg: [0, 360],
    headingDeg: [0, 360],
    speedMps: [0, 55_556],
    timeOfDayMs: [0, 86_400_999],
    depthM: [0, 182_880],
  };
  for (const [key, [low, high]] of Object.entries(limits)) {
    const value = message[key];
    if (value !== undefined) assert.ok(typeof value === 'number' && value >= low && value <= high, `${key} ${value}`);
  }
  assert.equal(message['latitudeDeg'] === undefined, message['longitudeDeg'] === undefined);
  assert.ok(!Object.values(message).includes(null), JSON.stringify(message));
}

test.run();
