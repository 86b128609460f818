import { checkAnswer, FRAME_MAX_BYTES, writeRequestFrame } from '../../../../../host/src/drivers/modbus/mbap.ts';
import { ANSWERED, BAD_ANSWER } from '../../../../../host/src/drivers/modbus/pdu.ts';
import type { PduRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { readOf, writeOf } from '../driver-rig.ts';

const test = suite('modbus frames');
const UNIT = 17;

/** The examples of the MODBUS Application Protocol Specification V1.1b3, section 6: request and answer without MBAP. */
const EXAMPLES = [
  ['6.1 read coils', 'coil:19-37', undefined, '01 0013 0013', '01 03 cd6b05'],
  ['6.2 read discrete inputs', 'discrete:196-217', undefined, '02 00c4 0016', '02 03 acdb35'],
  ['6.3 read holding registers', 'holding:107-109', undefined, '03 006b 0003', '03 06 022b 0000 0064'],
  ['6.4 read input registers', 'input:8', undefined, '04 0008 0001', '04 02 000a'],
  ['6.5 write single coil', 'coil:172', [1], '05 00ac ff00', '05 00ac ff00'],
  ['6.6 write single register', 'holding:1', [3], '06 0001 0003', '06 0001 0003'],
  ['6.11 write multiple coils', 'coil:19-28', [1, 0, 1, 1, 0, 0, 1, 1, 1, 0], '0f 0013 000a 02 cd01', '0f 0013 000a'],
  ['6.12 write multiple registers', 'holding:1-2', [10, 258], '10 0001 0002 04 000a 0102', '10 0001 0002'],
] as const;

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const requestOf = (address: string, values: readonly number[] | undefined): PduRequest =>
  (values === undefined ? readOf(address) : writeOf(address, values)) as PduRequest;
const check = (frame: Buffer, request: PduRequest) => checkAnswer(frame, 0, frame.length, request, UNIT);

for (const [title, address, values, requestHex, answerHex] of EXAMPLES) {
  const request = requestOf(address, values);
  const answer = answerFrame(0x1502, UNIT, bytes(answerHex));

  test(`[MODBUS-${title}] writes the frame of the specification`, () => {
    const frame = Buffer.alloc(FRAME_MAX_BYTES, 0xee);
    const length = writeRequestFrame(frame, request, 0x1502, UNIT);
    assert.deepEqual(frame.subarray(0, length), answerFrame(0x1502, UNIT, bytes(requestHex)));
  });

  test(`[MODBUS-${title}] takes the answer of the specification`, () => {
    assert.equal(check(answer, request), ANSWERED);
  });

  test(`[MODBUS-${title}] takes no answer that differs in unit, function, length, count or echo`, () => {
    const checked = values === undefined ? [6, 7, 8] : [6, 7, 8, 9, 10, 11];
    for (const at of checked) {
      const changed = Buffer.from(answer);
      changed[at]! ^= 1;
      assert.equal(check(changed, request), BAD_ANSWER, `byte ${at}`);
    }
    for (let length = 7; length < answer.length; length++) {
      assert.equal(checkAnswer(answer, 0, length, request, UNIT), BAD_ANSWER, `${length} bytes`);
    }
    assert.equal(check(Buffer.concat([answer, Buffer.alloc(1)]), request), BAD_ANSWER);
  });

  test(`[MODBUS-7] ${title} may be refused with an exception code`, () => {
    const exception = answerFrame(0x1502, UNIT, Buffer.from([bytes(requestHex)[0]! | 0x80, 2]));
    assert.equal(check(exception, request), 2);
    const zero = answerFrame(0x1502, UNIT, Buffer.from([bytes(requestHex)[0]! | 0x80, 0]));
    assert.equal(check(zero, request), BAD_ANSWER);
    const long = answerFrame(0x1502, UNIT, Buffer.from([bytes(requestHex)[0]! | 0x80, 2, 2]));
    assert.equal(check(long, request), BAD_ANSWER);
  });
}

test('turns a coil off with 0000', () => {
  const frame = Buffer.alloc(FRAME_MAX_BYTES);
  const length = writeRequestFrame(frame, requestOf('coil:3', [0]), 1, 0);
  assert.deepEqual(frame.subarray(7, length), bytes('05 0003 0000'));
});

test('fits the largest writes into the longest frame', () => {
  const registers = requestOf(
    'holding:0-122',
    Array.from({ length: 123 }, () => 0xffff),
  );
  const coils = requestOf(
    'coil:0-1967',
    Array.from({ length: 1968 }, () => 1),
  );
  for (const request of [registers, coils]) {
    const frame = Buffer.alloc(FRAME_MAX_BYTES);
    assert.equal(writeRequestFrame(frame, request, 1, 1), 13 + 246);
    assert.equal(frame[12 + 246], 0xff);
  }
});

test.run();
