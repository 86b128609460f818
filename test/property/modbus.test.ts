import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { parseAddressText } from '../../host/src/drivers/modbus/address-text.ts';
import { decodeAnswer } from '../../host/src/drivers/modbus/answer-blocks.ts';
import { DevicePolls } from '../../host/src/drivers/modbus/device-polls.ts';
import { encodeModbusRequest } from '../../host/src/drivers/modbus/encode-request.ts';
import { FrameParser } from '../../host/src/drivers/modbus/frame-parser.ts';
import { compileModbusGuard } from '../../host/src/drivers/modbus/guard.ts';
import type { Job } from '../../host/src/drivers/modbus/job.ts';
import { checkAnswer, PDU_AT } from '../../host/src/drivers/modbus/mbap.ts';
import { ANSWERED, READ_DATA_AT } from '../../host/src/drivers/modbus/pdu.ts';
import { planReads, type ReadPlan } from '../../host/src/drivers/modbus/read-plan.ts';
import { Reading, type ReadingResult } from '../../host/src/drivers/modbus/reading.ts';
import { formatRange, type RegisterRange, readMax, type Table } from '../../host/src/drivers/modbus/register-range.ts';
import type { IdentificationLevel, ModbusRequest, ReadRequest } from '../../host/src/drivers/modbus/request.ts';
import { decodeModbusRequest } from '../../host/src/drivers/modbus/request-codec.ts';
import { assert, suite } from '../lib/suite.ts';
import { answerFrame } from '../peers/evil-modbus-server.ts';
import { deviceAt } from '../unit/host/drivers/driver-rig.ts';
import { VirtualClock } from '../unit/host/drivers/virtual-clock.ts';

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
      const plan = planReads([declared], maxGap);
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
      const [result] = readOnce(plan);
      assert.deepEqual(decodeAnswer(result!.payload), blocksOf(declared));
    }),
    { numRuns: 400 },
  );
});

const polls = fc.array(fc.array(rangeUpTo(500, 150), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

test('polls that are read together get what each would get alone, by no more requests and none too large', () => {
  fc.assert(
    fc.property(polls, fc.nat(40), (lists, maxGap) => {
      const plan = planReads(lists, maxGap);
      for (const { request } of plan.reads) assert.ok(request.count >= 1 && request.count <= readMax(request.table));
      const alone = lists.map((ranges) => planReads([ranges], maxGap));
      assert.ok(plan.reads.length <= alone.reduce((sum, { reads }) => sum + reads.length, 0));
      const together = readOnce(plan);
      assert.deepEqual(
        together,
        alone.flatMap((each) => readOnce(each)),
      );
      assert.deepEqual(
        together.map(({ payload }) => decodeAnswer(payload)),
        lists.map(blocksOf),
      );
    }),
    { numRuns: 400 },
  );
});

test('polls get from a device that refuses some addresses or large requests what each would get alone', () => {
  const hole = fc.record({ table, address: fc.nat(499) });
  const device = fc.record({
    holes: fc.array(hole, { maxLength: 4 }),
    countMax: fc.integer({ min: 1, max: 125 }),
    exception: fc.constantFrom(2, 3),
  });
  fc.assert(
    fc.property(polls, fc.nat(40), device, (lists, maxGap, { holes, countMax, exception }) => {
      const refusal = ({ table, address, count }: RegisterRange): number | undefined =>
        count > countMax ||
        holes.some((hole) => hole.table === table && hole.address - address < count && hole.address >= address)
          ? exception
          : undefined;
      assert.deepEqual(
        pollRounds(lists, maxGap, refusal),
        lists.flatMap((ranges) => pollRounds([ranges], maxGap, refusal)),
      );
    }),
    { numRuns: 400 },
  );
});

/** What subscribers of polls are answered in five rounds, each for each list. */
function pollRounds(
  lists: readonly (readonly RegisterRange[])[],
  maxGap: number,
  refusal: (range: RegisterRange) => number | undefined,
): string[][] {
  const clock = new VirtualClock();
  const waiting: Job[] = [];
  const config = lists.map((_, list) => [`p${list}`, { registers: [], intervalMs: 100 }] as const);
  const polls = new DevicePolls({
    config: deviceAt(502, { maxGap, polls: Object.fromEntries(config) }),
    polls: new Map(lists.map((ranges, list) => [`p${list}`, ranges])),
    clock,
    submit: (job) => waiting.push(job),
  });
  const answers = lists.map((): string[] => []);
  lists.forEach((_, list) => {
    const answer = (status: number, detail: number, payload: Uint8Array) =>
      answers[list]!.push(`${status} ${detail} ${Buffer.from(payload).toString('hex')}`);
    polls.subscribe(`p${list}`, { module: 'm', instance: 1, request: 1, answer }, { module: 'm', isOver: false });
  });
  for (let round = 0; round < 5; round++) {
    answerAll(waiting, refusal);
    clock.advance(100);
  }
  polls.close();
  return answers;
}

/** What one reading gives by a device that has all registers. */
function readOnce(plan: ReadPlan): ReadingResult[] {
  const results: ReadingResult[] = [];
  const waiting: Job[] = [];
  const done = (list: number, result: ReadingResult): void => {
    assert.equal(results[list], undefined, 'a list ends once');
    results[list] = result;
  };
  new Reading({ plan, asker: {}, priority: 1, submit: (job) => waiting.push(job), done }).start();
  answerAll(waiting, () => undefined);
  assert.equal(results.filter(Boolean).length, plan.lists.length);
  return results;
}

/** Lets the model device answer or refuse requests until none is left. */
function answerAll(waiting: Job[], refusal: (range: RegisterRange) => number | undefined): void {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
    const request = job.request as ReadRequest;
    const frame = modelAnswer(request);
    assert.equal(checkAnswer(frame, 0, frame.length, request, 1), ANSWERED);
    assert.equal(frame[PDU_AT + READ_DATA_AT - 1], frame.length - PDU_AT - READ_DATA_AT);
    const exception = refusal(request);
    if (exception === undefined) job.answered(frame, PDU_AT);
    else job.refused(exception);
  }
}

const blocksOf = (ranges: readonly RegisterRange[]) =>
  ranges.map((range) => ({
    ...range,
    values: Array.from({ length: range.count }, (_, n) => valueAt(range.table, range.address + n)),
  }));

test('a poll asks for gaps only where it may, and never needs more requests than ranges and pieces', () => {
  fc.assert(
    fc.property(fc.array(rangeUpTo(2_000, 200), { minLength: 1, maxLength: 12 }), fc.nat(20), (declared, maxGap) => {
      const { reads } = planReads([declared], maxGap);
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
