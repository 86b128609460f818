import { auditOfBytes } from '../../../../host/src/drivers/write-audit.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualClock } from './virtual-clock.ts';

const test = suite('audit of writes');

test('it has the first 256 bytes, when the write was asked for and how long it took, and a code unless all is well', () => {
  const clock = new VirtualClock();
  const askedAt = clock.now();
  const time = clock.time();
  const written = { module: 'm', device: 'd', address: 'a', data: new Uint8Array(300).fill(7), askedAt };
  clock.advance(40);
  const audit = auditOfBytes(written, { outcome: 'refused', sent: true, detail: 3 }, clock);
  assert.deepEqual(audit, {
    ...{ origin: 'module', module: 'm', device: 'd', address: 'a', values: Array<number>(256).fill(7) },
    ...{ time, tookMs: 40, sent: true, outcome: 'refused', detail: 3, code: 'DEVICE_EXCEPTION' },
  });
  const fine = auditOfBytes(written, { outcome: 'confirmed', sent: true }, clock);
  assert.deepEqual([fine.detail, 'code' in fine], [0, false]);
});

test.run();
