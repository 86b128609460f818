import fc from 'fast-check';
import { isForDevice } from '../../host/src/drivers/named-device.ts';
import {
  decodeSerialRequest,
  encodeSerialRequest,
  isWellFormed,
  type SerialRequest,
} from '../../host/src/drivers/serial/request-codec.ts';
import { assert, suite } from '../lib/suite.ts';

const test = suite('serial properties', { timeoutMs: 30_000 });

const device = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const request: fc.Arbitrary<SerialRequest> = fc.oneof(
  fc.constant({ kind: 'subscribe' as const }),
  fc.record(
    {
      kind: fc.constantFrom('write' as const, 'exchange' as const),
      data: fc.uint8Array({ minLength: 1, maxLength: 400 }),
      expiryMs: fc.integer({ min: 1, max: 0xffff_ffff }),
    },
    { noNullPrototype: true },
  ),
);

test('any request comes out of the codec as it went in, and is for its device only', () => {
  fc.assert(
    fc.property(request, device, device, (made, name, other) => {
      const payload = encodeSerialRequest(made, name);
      assert.deepEqual(decodeSerialRequest(payload), made);
      assert.equal(isForDevice(payload, new TextEncoder().encode(name)), true);
      assert.equal(isForDevice(payload, new TextEncoder().encode(other)), name === other);
    }),
    { numRuns: 1_000 },
  );
});

test('any request that is cut at any byte, or has bytes behind it, is none', () => {
  fc.assert(
    fc.property(request, device, fc.uint8Array({ minLength: 1, maxLength: 8 }), (made, name, more) => {
      const whole = encodeSerialRequest(made, name);
      for (let length = 0; length < whole.length; length++)
        assert.equal(isWellFormed(whole.subarray(0, length)), false, `${length} of ${whole.length} bytes`);
      assert.equal(isWellFormed(Uint8Array.from([...whole, ...more])), false);
    }),
  );
});

test.run();
