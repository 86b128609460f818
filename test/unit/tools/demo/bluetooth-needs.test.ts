import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingForBluetooth, type Surroundings } from '../../../../tools/src/demo/bluetooth-needs.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('what the sensor of the demonstration needs');

function withSocat(body: (complete: Surroundings) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-needs-'));
  try {
    writeFileSync(join(folder, 'socat'), '');
    body({ platform: 'linux', path: `/nowhere::${folder}`, load: () => ({}) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('nothing is missing on Linux with socat and the packages', () =>
  withSocat((complete) => assert.equal(missingForBluetooth(complete), undefined)));

test('each thing that is missing is named with what helps', () =>
  withSocat((complete) => {
    const missing = (change: Partial<Surroundings>) => missingForBluetooth({ ...complete, ...change });
    assert.match(missing({ platform: 'darwin' })!, /Linux/);
    for (const path of ['', '/nowhere']) assert.equal(missing({ path }), 'it needs socat (sudo apt install socat)');
    for (const lost of ['serialport', '@stoprocent/noble', '@stoprocent/bleno']) {
      const load = (name: string) => {
        if (name === lost) throw new Error('no native build was found');
      };
      assert.equal(missing({ load }), `${lost} does not load (npm install --include=optional)`);
    }
  }));

test.run();
