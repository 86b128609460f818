import { encodePropertyBag } from '../../../../host/src/uplink/property-bag.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('property bag');

// Captured from the topic of a message that the npm package azure-iot-device 1.18.4 sent.
const CAPTURED =
  '%24.mid=m%201&%24.cid=c%2F1&%24.uid=u&%24.ct=application%2Fjson&%24.ce=utf-8&%24.exp=2001-09-09T01%3A46%3A40.000Z' +
  '&a%20b=x%26y%3Dz%2F%C3%BC&%24weird=1';

test('is encoded as the IoT Hub device client encodes it', () => {
  const bag = encodePropertyBag([
    ['$.mid', 'm 1'],
    ['$.cid', 'c/1'],
    ['$.uid', 'u'],
    ['$.ct', 'application/json'],
    ['$.ce', 'utf-8'],
    ['$.exp', '2001-09-09T01:46:40.000Z'],
    ['a b', 'x&y=z/ü'],
    ['$weird', '1'],
  ]);
  assert.equal(bag, CAPTURED);
});

test('writes an empty value as a name with an equals sign', () => {
  assert.equal(encodePropertyBag([['empty', '']]), 'empty=');
});

test('is empty without properties', () => {
  assert.equal(encodePropertyBag([]), '');
});

test('has nothing in it that means something to MQTT', () => {
  const nasty = '/+#$\u0000';
  assert.match(encodePropertyBag([[nasty, nasty]]), /^[A-Za-z0-9%=]+$/);
});

test('refuses half of a surrogate pair', () => {
  assert.throws(() => encodePropertyBag([['a', '\ud800']]), URIError);
});

test.run();
