import { AIR_ERRORS, AirError, type AirErrorCode } from '../../../../../tools/simulators/ble/air-error.ts';
import { CONTROL_FIELDS, decodeControlMessage } from '../../../../../tools/simulators/ble/control-message.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('control messages');

const ACCEPTED: readonly string[] = [
  '{"kind":"drop","controller":1}',
  '{"kind":"drop","controller":1,"peer":0}',
  '{"kind":"silence","controller":63}',
  '{"kind":"resume","controller":0}',
  '{"kind":"rssi","controller":0,"dbm":-127}',
  '{"kind":"rssi","controller":0,"dbm":20}',
  '{"kind":"delay","controller":0,"ms":60000}',
  '{"kind":"corrupt","controller":0,"how":"cut","at":0,"packets":1}',
  '{"kind":"corrupt","controller":0,"how":"flip","at":512,"packets":0}',
  '{"kind":"unplug","controller":0}',
  '{"kind":"plug","controller":0}',
  ' {"kind":"status"} ',
];

test('takes every kind of message', () => {
  const kinds = ACCEPTED.map((line) => {
    const message = decodeControlMessage(Buffer.from(line));
    assert.deepEqual(message, JSON.parse(line));
    return message.kind;
  });
  assert.deepEqual([...new Set(kinds)].sort(), Object.keys(CONTROL_FIELDS).sort());
});

const REFUSED: readonly [string, AirErrorCode, string][] = [
  ['drop 1', 'CONTROL_SYNTAX', 'message'],
  ['[]', 'CONTROL_SYNTAX', 'message'],
  ['null', 'CONTROL_SYNTAX', 'message'],
  ['"drop"', 'CONTROL_SYNTAX', 'message'],
  ['{}', 'CONTROL_UNKNOWN', 'kind'],
  ['{"kind":7}', 'CONTROL_UNKNOWN', 'kind'],
  ['{"kind":"explode"}', 'CONTROL_UNKNOWN', 'kind'],
  ['{"kind":"constructor"}', 'CONTROL_UNKNOWN', 'kind'],
  ['{"kind":"__proto__"}', 'CONTROL_UNKNOWN', 'kind'],
  ['{"kind":"status","controller":1}', 'CONTROL_UNKNOWN', 'controller'],
  ['{"kind":"silence","controller":1,"ms":5}', 'CONTROL_UNKNOWN', 'ms'],
  ['{"kind":"silence","controller":1,"__proto__":{}}', 'CONTROL_UNKNOWN', '__proto__'],
  ['{"kind":"silence"}', 'CONTROL_VALUE', 'controller'],
  ['{"kind":"silence","controller":"1"}', 'CONTROL_VALUE', 'controller'],
  ['{"kind":"silence","controller":-1}', 'CONTROL_VALUE', 'controller'],
  ['{"kind":"silence","controller":64}', 'CONTROL_VALUE', 'controller'],
  ['{"kind":"silence","controller":1.5}', 'CONTROL_VALUE', 'controller'],
  ['{"kind":"silence","controller":null}', 'CONTROL_VALUE', 'controller'],
  ['{"kind":"drop","controller":1,"peer":null}', 'CONTROL_VALUE', 'peer'],
  ['{"kind":"rssi","controller":1,"dbm":21}', 'CONTROL_VALUE', 'dbm'],
  ['{"kind":"rssi","controller":1,"dbm":-128}', 'CONTROL_VALUE', 'dbm'],
  ['{"kind":"delay","controller":1,"ms":60001}', 'CONTROL_VALUE', 'ms'],
  ['{"kind":"delay","controller":1,"ms":1e999}', 'CONTROL_VALUE', 'ms'],
  ['{"kind":"corrupt","controller":1,"how":"burn","at":1,"packets":1}', 'CONTROL_VALUE', 'how'],
  ['{"kind":"corrupt","controller":1,"how":"flip","at":513,"packets":1}', 'CONTROL_VALUE', 'at'],
  ['{"kind":"corrupt","controller":1,"how":"flip","at":1}', 'CONTROL_VALUE', 'packets'],
  [`{"kind":"status"}${' '.repeat(1024)}`, 'CONTROL_TOO_LONG', 'message'],
];

for (const [line, code, place] of REFUSED) {
  test(`refuses ${line.slice(0, 70).trim()} at ${place}`, () => {
    assert.throws(
      () => decodeControlMessage(Buffer.from(line)),
      (error: AirError) => {
        assert.ok(error instanceof AirError && Object.hasOwn(AIR_ERRORS, error.code));
        assert.deepEqual([error.code, error.details.place], [code, place]);
        assert.ok(error.details.expected !== '' && error.details.got.length < 110);
        return true;
      },
    );
  });
}

test('says what was expected and what came', () => {
  assert.throws(() => decodeControlMessage(Buffer.from('{"kind":"rssi","controller":1,"dbm":"loud"}')), {
    message: 'CONTROL_VALUE: dbm: expected a whole number from -127 to 20, got "loud"',
  });
});

test.run();
