import { encodeMessage } from '../../../../host/src/abi/frames.ts';
import type { Property } from '../../../../host/src/abi/properties.ts';
import { toUpstreamMessage } from '../../../../host/src/gateway/upstream-record.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('what the uplink gets of a message');
const CONTEXT = { epoch: 'e', output: 'o', priority: 3, timeToLiveSecs: 60 };
const EMITTED = Date.UTC(2026, 10, 1);

function frame(properties: readonly Property[] = []): Uint8Array {
  return encodeMessage({
    ...{ time: 0, monotonic: 5_000, isJson: false, hops: 1, input: 0, source: 0, sequence: 7, emitted: EMITTED },
    ...{ properties, body: new Uint8Array() },
  });
}

test('has when it was made by both clocks, and lives by the one that nobody sets', () => {
  const { made, expiresAtMs, properties } = toUpstreamMessage(frame(), CONTEXT);
  assert.deepEqual(made, { timeMs: EMITTED, monotonicMs: 5_000 });
  assert.equal(expiresAtMs, 65_000);
  assert.deepEqual(properties, [
    ['$.mid', 'e-o-7'],
    ['$.ctime', '2026-11-01T00:00:00.000Z'],
  ]);
});

test('lives for ever where the route says so', () => {
  assert.equal(toUpstreamMessage(frame(), { ...CONTEXT, timeToLiveSecs: -1 }).expiresAtMs, undefined);
});

test('loses what only the host says: that its time is not what it seems, and of a leaf device which one it is', () => {
  const forged: Property[] = [
    ['Gatehouse-Time', 'corrected'],
    ['k', 'v'],
    ['leafdeviceid', 'other'],
  ];
  const names = (leaf?: string) => toUpstreamMessage(frame(forged), CONTEXT, leaf).properties.map(([name]) => name);
  assert.deepEqual(names(), ['k', 'leafdeviceid', '$.mid', '$.ctime']);
  assert.deepEqual(names('leaf-1'), ['k', '$.mid', '$.ctime', 'leafDeviceId']);
});

test.run();
