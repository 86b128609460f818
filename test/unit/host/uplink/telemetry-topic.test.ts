import { telemetryPrefix, telemetrySuffix } from '../../../../host/src/uplink/telemetry-topic.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('telemetry topic');

test('of a device', () => {
  assert.equal(telemetryPrefix({ deviceId: 'dev1' }), 'devices/dev1/messages/events/');
  assert.equal(telemetrySuffix([['k', 'v']]), 'k=v');
  assert.equal(telemetrySuffix([]), '');
});

test('of a module has device and module', () => {
  assert.equal(telemetryPrefix({ deviceId: 'dev1', moduleId: 'm' }), 'devices/dev1/modules/m/messages/events/');
});

test('of an output has its name first in the bag and ends in a slash', () => {
  const suffix = telemetrySuffix(
    [
      ['$.mid', 'mm'],
      ['k', 'v'],
    ],
    'out1',
  );
  assert.equal(suffix, '%24.on=out1&%24.mid=mm&k=v/');
});

test.run();
