import { checkAnswer, FRAME_MAX_BYTES, writeRequestFrame } from '../../../../../host/src/drivers/modbus/mbap.ts';
import { ANSWERED, BAD_ANSWER } from '../../../../../host/src/drivers/modbus/pdu.ts';
import type { PduRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { identifyOf, maskWriteOf, readOf, readWriteOf, writeOf } from '../driver-rig.ts';

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

/** Examples of requests that are more than a range and values. */
const OTHERS: readonly (readonly [title: string, request: PduRequest, requestHex: string, answerHex: string])[] = [
  ['6.16 mask write register', maskWriteOf(4, 0xf2, 0x25), '16 0004 00f2 0025', '16 0004 00f2 0025'],
  [
    '6.17 read/write multiple registers',
    readWriteOf('holding:3-8', 14, [255, 255, 255]),
    '17 0003 0006 000e 0003 06 00ff 00ff 00ff',
    '17 0c 00fe 0acd 0001 0003 000d 00ff',
  ],
  [
    '6.21 read device identification',
    identifyOf(1),
    '2b 0e 01 00',
    // "Company identification", "Product code XX", "V2.11"; the lengths are those of the texts.
    '2b 0e 01 01 00 00 03 00 16 436f6d70616e79206964656e74696669636174696f6e 01 0f 50726f6475637420636f6465205858 02 05 56322e3131',
  ],
];

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const requestOf = (address: string, values: readonly number[] | undefined): PduRequest =>
  (values === undefined ? readOf(address) : writeOf(address, values)) as PduRequest;
const check = (frame: Buffer, request: PduRequest) => checkAnswer(frame, 0, frame.length, request, UNIT);

const examples = EXAMPLES.map(([title, address, values, ...frames]) => {
  const request = requestOf(address, values);
  return [title, request, ...frames] as const;
});

for (const [title, request, requestHex, answerHex] of [...examples, ...OTHERS]) {
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
    for (const at of checkedBytes(request)) {
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

/** Places in a frame where nothing but what was asked for may stand: of an echo all, of values how many there are. */
function checkedBytes({ kind }: PduRequest): readonly number[] {
  if (kind === 'read' || kind === 'read-write') return [6, 7, 8];
  if (kind === 'write') return [6, 7, 8, 9, 10, 11];
  if (kind === 'mask-write') return [6, 7, 8, 9, 10, 11, 12, 13];
  // Unit, function, kind, level, conformity of 0, more that follows, number of objects, length of the first.
  return [6, 7, 8, 9, 10, 11, 13, 15];
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
  const both = Array.from({ length: 121 }, () => 0xffff);
  const frame = Buffer.alloc(FRAME_MAX_BYTES);
  assert.equal(writeRequestFrame(frame, readWriteOf('holding:0-124', 0, both), 1, 1), 7 + 10 + 242);
  for (const request of [registers, coils]) {
    const frame = Buffer.alloc(FRAME_MAX_BYTES);
    assert.equal(writeRequestFrame(frame, request, 1, 1), 13 + 246);
    assert.equal(frame[12 + 246], 0xff);
  }
});

test.run();
