import type { PduRequest } from '../../../../../../host/src/drivers/modbus/request.ts';
import { AnswerFinder } from '../../../../../../host/src/drivers/modbus/rtu/answer-finder.ts';
import { RTU_MAX_BYTES, writeRtuFrame } from '../../../../../../host/src/drivers/modbus/rtu/rtu-frame.ts';
import { assert, suite } from '../../../../../lib/suite.ts';
import { identifyOf, maskWriteOf, readOf, readWriteOf, writeOf } from '../../driver-rig.ts';
import { rtuAnswer, rtuFrame } from '../../fake-bus.ts';

const test = suite('modbus frames on a line');
const UNIT = 17;

/** Frames that pymodbus 3.0.0 (ModbusRtuFramer) makes of the same requests. */
const FRAMES: readonly (readonly [what: string, request: PduRequest, hex: string])[] = [
  ['a read of registers', readOf('holding:0-9') as PduRequest, '11030000000ac75d'],
  ['a read of coils', readOf('coil:19-37') as PduRequest, '1101001300138e92'],
  ['a write of a coil', writeOf('coil:172', [1]) as PduRequest, '110500acff004e8b'],
  ['a write of a register', writeOf('holding:1', [3]) as PduRequest, '1106000100039a9b'],
  ['a write of registers', writeOf('holding:1-2', [10, 258]) as PduRequest, '11100001000204000a0102c6f0'],
  ['a change of bits', maskWriteOf(4, 0xf2, 0x25), '1116000400f2002566e2'],
  ['a write and read', readWriteOf('holding:3-8', 14, [255, 255, 255]), '111700030006000e00030600ff00ff00ff4b54'],
  ['an identification', identifyOf(1), '112b0e0100b1b4'],
];

for (const [what, request, hex] of FRAMES) {
  const written = Buffer.alloc(RTU_MAX_BYTES);
  const frame = written.subarray(0, writeRtuFrame(written, request, UNIT));
  const answer = rtuAnswer(frame);

  test(`[MODBUS-SERIAL-2.5.1] ${what} is unit, function, data and CRC`, () => {
    assert.equal(frame.toString('hex'), hex);
  });

  test(`the answer to ${what} is found whole, and nothing of it when it is cut anywhere`, () => {
    const finder = new AnswerFinder();
    for (let length = 0; length < answer.length; length++) {
      finder.reset();
      assert.equal(finder.push(answer, length, UNIT, request), undefined, `${length} bytes`);
    }
    finder.reset();
    const found = finder.push(answer, answer.length, UNIT, request);
    assert.deepEqual([found?.check, found?.pduAt, found?.hasMore], [0, 1, false]);
  });

  test(`the answer to ${what} with any bit changed is none`, () => {
    const finder = new AnswerFinder();
    for (let bit = 0; bit < 8 * answer.length; bit++) {
      const changed = Buffer.from(answer);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      finder.reset();
      assert.equal(finder.push(changed, changed.length, UNIT, request), undefined, `bit ${bit}`);
    }
  });
}

test('an answer is found behind any noise that is shorter and longer than a frame, in pieces of any size', () => {
  const request = readOf('holding:0-9') as PduRequest;
  const frame = Buffer.alloc(RTU_MAX_BYTES);
  writeRtuFrame(frame, request, UNIT);
  for (const noiseBytes of [1, 7, 255, 256, 511, 512, 513, 3_000]) {
    for (const piece of [1, 3, 64, 4_096]) {
      const noise = Buffer.from(Array.from({ length: noiseBytes }, (_, n) => [UNIT, 3, 20, 0xff][n % 4]!));
      const stream = Buffer.concat([noise, rtuAnswer(frame)]);
      const finder = new AnswerFinder();
      let found = 0;
      for (let at = 0; at < stream.length; at += piece) {
        const chunk = stream.subarray(at, at + piece);
        if (finder.push(chunk, chunk.length, UNIT, request)?.check === 0) found++;
      }
      assert.equal(found, 1, `${noiseBytes} bytes of noise in pieces of ${piece}`);
    }
  }
});

test('bytes behind an answer are told of', () => {
  const request = readOf('holding:0') as PduRequest;
  const answer = Buffer.concat([rtuFrame(UNIT, Buffer.from([3, 2, 0, 1])), Buffer.from([0])]);
  assert.equal(new AnswerFinder().push(answer, answer.length, UNIT, request)?.hasMore, true);
});

test.run();
