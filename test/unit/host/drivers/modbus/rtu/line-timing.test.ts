import { serialTiming } from '../../../../../../host/src/drivers/modbus/rtu/line-timing.ts';
import { assert, suite } from '../../../../../lib/suite.ts';

const test = suite('modbus line timing');

for (const [baudRate, parity, stopBits, characterMs, gapMs] of [
  [9_600, 'even', 1, 1.146, 4.01],
  [9_600, 'none', 1, 1.042, 3.646],
  [19_200, 'none', 2, 0.573, 2.005],
  [19_201, 'even', 1, 0.573, 1.75],
  [115_200, 'even', 1, 0.095, 1.75],
] as const) {
  test(`[MODBUS-SERIAL-2.5.1.1] ${baudRate} baud, parity ${parity}, ${stopBits} stop bits: a gap of ${gapMs} ms`, () => {
    const timing = serialTiming({ baudRate, parity, stopBits });
    const rounded = [timing.characterMs, timing.gapMs].map((ms) => Math.round(ms * 1000) / 1000);
    assert.deepEqual(rounded, [characterMs, gapMs]);
  });
}

test.run();
