import { BLE_LIMITS } from '../../../../../host/src/drivers/ble/limits.ts';
import { AttGate } from '../../../../../host/src/drivers/ble/radio/att-gate.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('gate of the attribute protocol');

/** A request by type for handles 3 to 9, and an answer with one entry. */
const readByType = (type: number) => Uint8Array.of(0x08, 3, 0, 9, 0, type & 0xff, type >> 8);
const DESCRIPTOR = Uint8Array.of(0x09, 4, 5, 0, 1, 0);
const CHARACTERISTIC = Uint8Array.of(0x09, 7, 3, 0, 2, 4, 0, 0x6e, 0x2a);

function answersPassed(request: Uint8Array, response: Uint8Array): number {
  const gate = new AttGate();
  for (let n = 0; n < 2 * BLE_LIMITS.attributes; n++) {
    gate.sent(request);
    if (gate.received(response).kind !== 'pass') return n;
  }
  return 2 * BLE_LIMITS.attributes;
}

test('a device may be subscribed to and unsubscribed from on one link without end', () => {
  assert.equal(answersPassed(readByType(0x2902), DESCRIPTOR), 2 * BLE_LIMITS.attributes);
});

test('a device that lists services and characteristics without end is a violation', () => {
  assert.equal(answersPassed(readByType(0x2803), CHARACTERISTIC), BLE_LIMITS.attributes);
});

test('a descriptor outside the handles of its characteristic is a violation, so that no other one is written', () => {
  const gate = new AttGate();
  gate.sent(readByType(0x2902));
  assert.equal(gate.received(Uint8Array.of(0x09, 4, 10, 0, 1, 0)).kind, 'violation');
});

test.run();
