import { Climate, type ClimateSample } from '../../../../../tools/simulators/ble/climate.ts';
import { BATTERY, HUMIDITY, PRESSURE, TEMPERATURE } from '../../../../../tools/simulators/ble/climate-codec.ts';
import { seededRandom } from '../../../../../tools/simulators/pump/random.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('climate of the simulated sensor');
const samples = (seed: number, count: number): ClimateSample[] => {
  const climate = new Climate(seededRandom(seed));
  return Array.from({ length: count }, () => climate.next());
};

test('the same seed gives the same values, another one others', () => {
  assert.deepEqual(samples(3, 50), samples(3, 50));
  assert.notDeepEqual(samples(3, 50), samples(4, 50));
});

test('stays within what a room has, for as long as it runs', () => {
  for (const { temperatureCelsius, humidityPercent, pressurePascal, batteryPercent } of samples(1, 200_000)) {
    assert.ok(temperatureCelsius > 17 && temperatureCelsius < 26);
    assert.ok(humidityPercent > 34 && humidityPercent < 56);
    assert.ok(pressurePascal > 99_000 && pressurePascal < 104_000);
    assert.ok(batteryPercent >= 1 && batteryPercent <= 100);
  }
});

test('values are coded as the GATT Specification Supplement says', () => {
  const sample = { temperatureCelsius: -5.25, humidityPercent: 47.11, pressurePascal: 101_325, batteryPercent: 80 };
  const hex = [TEMPERATURE, HUMIDITY, PRESSURE, BATTERY].map(({ encode }) => encode(sample).toString('hex'));
  assert.deepEqual(hex, ['f3fd', '6712', '02760f00', '50']);
});

test.run();
