import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { decodeAnswer } from '../../host/src/drivers/modbus/answer-blocks.ts';
import { FrameParser } from '../../host/src/drivers/modbus/frame-parser.ts';
import {
  compileModbusGuard,
  decodeModbusRequest,
  encodeModbusRequest,
  formatRange,
  type ModbusRequest,
  parseAddressText,
  type RegisterRange,
  type Table,
} from '../../host/src/drivers/modbus/index.ts';
import { checkAnswer, PDU_AT } from '../../host/src/drivers/modbus/mbap.ts';
import { ANSWERED, READ_DATA_AT } from '../../host/src/drivers/modbus/pdu.ts';
import { planReads } from '../../host/src/drivers/modbus/read-plan.ts';
import { Reading } from '../../host/src/drivers/modbus/reading.ts';
import { readMax } from '../../host/src/drivers/modbus/register-range.ts';
import type { IdentificationLevel, ReadRequest } from '../../host/src/drivers/modbus/request.ts';
import { assert, suite } from '../lib/suite.ts';
import { answerFrame } from '../peers/evil-modbus-server.ts';

const test = suite('modbus properties', { timeoutMs: 30_000 });

const table = fc.constantFrom<Table>(1, 2, 3, 4);
const rangeUpTo = (addresses: number, countMax: number): fc.Arbitrary<RegisterRange> =>
  fc
    .record({ table, address: fc.nat(addresses - 1), count: fc.integer({ min: 1, max: countMax }) })
    .map(({ table, address, count }) => ({ table, address, count: Math.min(count, addresses - address) }));

/** What the model device holds: every address of every table has a value of its own. */
const valueAt = (of: Table, address: number): number =>
  of <= 2 ? ((address * 7 + of) % 3) & 1 : (address * 31 + of * 1009) & 0xffff;

/** The frame with which the model device answers a read. */
function modelAnswer({ table, address, count }: RegisterRange): Buffer {
  const values = Array.from({ length: count }, (_, n) => valueAt(table, address + n));
  const data = Buffer.alloc(table <= 2 ? (count + 7) >> 3 : 2 * count);
  values.forEach((value, n) => {
    if (table > 2) data.writeUInt16BE(value, 2 * n);
    else data[n >> 3]! |= value << (n & 7);
  });
  return answerFrame(1, 1, Buffer.from([table, data.length, ...data]));
}

test('a poll gives exactly what is declared, whatever its requests are, and tears no range', () => {
  const ranges = fc.array(rangeUpTo(700, 300), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(ranges, fc.nat(40), (declared, maxGap) => {
      const plan = planReads(declared, maxGap);
      for (const { request } of plan.reads) assert.ok(request.count >= 1 && request.count <= readMax(request.table));
      for (const range of declared) {
        if (range.count > readMax(range.table)) continue;
        const readers = plan.reads.filter(
          ({ request }) =>
            request.table === range.table &&
            request.address <= range.address &&
            request.address + request.count >= range.address + range.count,
        );
        assert.ok(readers.length > 0, `${formatRange(range)} is torn`);
      }
      let payload: Uint8Array | undefined;
      const reading = new Reading(plan, (result) => {
        assert.equal(result.status, STATUS.ok);
        payload = result.payload;
      });
      for (const job of reading.jobs) {
        const frame = modelAnswer(job.request as ReadRequest);
        assert.equal(checkAnswer(frame, 0, frame.length, job.request, 1), ANSWERED);
        assert.equal(frame[PDU_AT + READ_DATA_AT - 1], frame.length - PDU_AT - READ_DATA_AT);
        job.answered(frame, PDU_AT);
      }
      const expected = declared.map((range) => ({
        ...range,
        values: Array.from({ length: range.count }, (_, n) => valueAt(range.table, range.address + n)),
      }));
      assert.deepEqual(decodeAnswer(payload!), expected);
    }),
    { numRuns: 400 },
  );
});

test('a poll asks for gaps only where it may, and never needs more requests than ranges and pieces', () => {
  fc.assert(
    fc.property(fc.array(rangeUpTo(2_000, 200), { minLength: 1, maxLength: 12 }), fc.nat(20), (declared, maxGap) => {
      const { reads } = planReads(declared, maxGap);
      const pieces = declared.reduce((sum, range) => sum + Math.ceil(range.count / readMax(range.table)), 0);
      assert.ok(reads.length <= pieces);
      for (const { request } of reads) {
        let gap = 0;
        for (let address = request.address; address < request.address + request.count; address++) {
          const isDeclared = declared.some(
            (range) =>
              range.table === request.table && address >= range.address && address < range.address + range.count,
          );
          gap = isDeclared ? 0 : gap + 1;
          assert.ok(gap <= maxGap);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a stream of frames is cut the same way however it comes', () => {
  const pdu = fc.uint8Array({ minLength: 2, maxLength: 253 });
  fc.assert(
    fc.property(fc.array(pdu, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 300 })), (pdus, sizes) => {
      const frames = pdus.map((each, n) => answerFrame(n, 1, each));
      const stream = Buffer.concat(frames);
      const seen: string[] = [];
      const parser = new FrameParser((bytes, at, length) => {
        seen.push(Buffer.from(bytes.subarray(at, at + length)).toString('hex'));
        return true;
      });
      for (let at = 0, n = 0; at < stream.length; n++) {
        const chunk = Buffer.from(stream.subarray(at, at + (sizes[n] ?? 1)));
        assert.ok(parser.push(chunk, chunk.length));
        // What the parser keeps must be a copy: the receive buffer is used again.
        chunk.fill(0xff);
        at += chunk.length;
      }
      assert.deepEqual(
        seen,
        frames.map((frame) => frame.toString('hex')),
      );
    }),
  );
});

const device = fc.constantFrom('pump', 'meter', 'pümpe');
const read = rangeUpTo(65_536, 125).map((range): ModbusRequest => ({ kind: 'read', ...range }));
const write = fc
  .tuple(
    rangeUpTo(65_536, 123),
    fc.boolean(),
    fc.integer({ min: 1, max: 0xffff_ffff }),
    fc.infiniteStream(fc.nat(65_535)),
  )
  .map(([{ address, count }, isCoil, expiryMs, values]): ModbusRequest => {
    const raw = Uint16Array.from({ length: count }, () => values.next().value as number);
    const shape = { kind: 'write', address, count, expiryMs } as const;
    return isCoil
      ? { ...shape, table: 1, function: count === 1 ? 5 : 15, values: raw.map((value) => value & 1) }
      : { ...shape, table: 3, function: count === 1 ? 6 : 16, values: raw };
  });
const word = fc.nat(65_535);
const expiry = fc.integer({ min: 1, max: 0xffff_ffff });
const maskWrite = fc
  .record({ address: word, andMask: word, orMask: word, expiryMs: expiry })
  .map((fields): ModbusRequest => ({ kind: 'mask-write', ...fields }));
const readWrite = fc
  .tuple(rangeUpTo(65_536, 125), fc.nat(65_000), fc.uint16Array({ minLength: 1, maxLength: 121 }), expiry)
  .map(
    ([{ address, count }, writeAddress, values, expiryMs]): ModbusRequest => ({
      ...{ kind: 'read-write', address, count, writeAddress, values, expiryMs },
    }),
  );
const identify = fc
  .constantFrom<IdentificationLevel>(1, 2, 3)
  .map((level): ModbusRequest => ({ kind: 'identify', level, objectId: 0 }));
const subscribe = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((poll): ModbusRequest => ({ kind: 'subscribe', poll }));

test('a request is the same after a round trip', () => {
  fc.assert(
    fc.property(fc.oneof(read, write, maskWrite, readWrite, identify, subscribe), device, (request, name) => {
      assert.deepEqual(decodeModbusRequest(encodeModbusRequest(request, name)), request);
    }),
  );
});

test('an address text is the same after a round trip', () => {
  fc.assert(
    fc.property(rangeUpTo(65_536, 65_536), (range) => {
      assert.deepEqual(parseAddressText(formatRange(range)), { kind: 'range', range });
    }),
  );
});

test('a guard lets pass exactly the requests of which every address is granted', () => {
  const ranges = fc.array(rangeUpTo(40, 12), { maxLength: 6 });
  fc.assert(
    fc.property(ranges, rangeUpTo(40, 20), (granted, asked) => {
      const texts = granted.map(formatRange);
      const guard = compileModbusGuard([{ device: 'pump', read: texts, write: [], poll: [] }], { pump: {} });
      const isGranted = (address: number): boolean =>
        granted.some((r) => r.table === asked.table && address >= r.address && address < r.address + r.count);
      const all = Array.from({ length: asked.count }, (_, n) => asked.address + n).every(isGranted);
      const payload = encodeModbusRequest({ kind: 'read', ...asked }, 'pump');
      assert.equal(guard.judge(payload), all ? STATUS.ok : STATUS.denied);
    }),
    { numRuns: 1_000 },
  );
});

test.run();
