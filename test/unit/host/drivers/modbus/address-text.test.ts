import { parseAddressText, readAddressText } from '../../../../../host/src/drivers/modbus/address-text.ts';
import { formatRange } from '../../../../../host/src/drivers/modbus/register-range.ts';
import { GatehouseError } from '../../../../../host/src/errors.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('modbus address text');

for (const [text, table, address, count] of [
  ['coil:1', 1, 1, 1],
  ['discrete:0-7', 2, 0, 8],
  ['holding:0-9', 3, 0, 10],
  ['input:65535', 4, 65_535, 1],
  ['holding:0-65535', 3, 0, 65_536],
] as const) {
  test(`reads ${text} and writes it again`, () => {
    assert.deepEqual(parseAddressText(text), { kind: 'range', range: { table, address, count } });
    assert.equal(formatRange({ table, address, count }), text);
  });
}

test('takes a range of one for an address', () => {
  assert.deepEqual(parseAddressText('coil:5-5'), { kind: 'range', range: { table: 1, address: 5, count: 1 } });
});

for (const [text, offset, expected, got] of [
  ['', 0, 'one of coil, discrete, holding, input', 'the end'],
  ['holding', 7, 'a colon and an address', 'the end'],
  ['Holding:1', 0, 'one of coil, discrete, holding, input', '"Holding:1"'],
  ['register:1', 0, 'one of coil, discrete, holding, input', '"register:1"'],
  ['holding:', 8, 'an address from 0 to 65535', 'the end'],
  ['holding:x', 8, 'an address from 0 to 65535', '"x"'],
  ['holding: 1', 8, 'an address from 0 to 65535', '" 1"'],
  ['holding:-1', 8, 'an address from 0 to 65535', '"-1"'],
  ['holding:007', 8, 'an address from 0 to 65535', '"007"'],
  ['holding:65536', 8, 'an address from 0 to 65535', '"65536"'],
  ['holding:99999999999999999999', 8, 'an address from 0 to 65535', '"99999999999999999999"'],
  ['holding:1,2', 9, 'a hyphen or the end', '",2"'],
  ['holding:1-', 10, 'an address from 0 to 65535', 'the end'],
  ['holding:1-70000', 10, 'an address from 0 to 65535', '"70000"'],
  ['holding:1-2-3', 11, 'the end', '"-3"'],
  ['holding:9-3', 10, 'an address from 9', '"3"'],
] as const) {
  test(`refuses "${text}" with the place`, () => {
    assert.deepEqual(parseAddressText(text), { kind: 'problem', offset, expected, got });
  });
}

test('throws with code, path and place where a text was checked before', () => {
  assert.throws(
    () => readAddressText('coil:x', 'GRANT_INVALID', 'modbus[0].read[1]'),
    (error) =>
      error instanceof GatehouseError &&
      error.code === 'GRANT_INVALID' &&
      error.message === 'modbus[0].read[1]: expected an address from 0 to 65535 at offset 5 of "coil:x", got "x"' &&
      error.details['offset'] === 5,
  );
});

test.run();
