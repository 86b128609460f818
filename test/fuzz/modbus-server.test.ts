import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { compileModbusServerGuard } from '../../host/src/drivers/modbus-server/guard.ts';
import {
  decodeModbusServerRequest,
  encodeModbusServerRequest,
  type ModbusServerRequest,
} from '../../host/src/drivers/modbus-server/request-codec.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { type FakeClient, grant, ServerRig } from '../unit/host/drivers/modbus-server/server-rig.ts';
import { hex4, RegisterModel } from './register-model.ts';

const test = suite('modbus server, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };
const GRANTS = {
  m: grant(['holding:0-19', 'coil:0-39'], ['holding:10-29', 'coil:20-59']),
  n: grant(['input:0-9'], ['holding:40']),
};
const EXCEPTIONS: ReadonlySet<number> = new Set([1, 2, 3, 6, 10, 11]);

const functionCode = fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43), fc.nat(255));
const word = fc.oneof(fc.nat(70), fc.nat(65_535), fc.constantFrom(0xff00, 0));
const words = fc.array(word, { maxLength: 8 }).map((all) => all.flatMap((value) => [value >> 8, value & 255]));
const pdu = fc
  .tuple(functionCode, words, fc.uint8Array({ maxLength: 6 }), words)
  .map(([code, head, middle, tail]) => Buffer.from([code, ...head, ...middle, ...tail]));
/** A frame around any PDU, mostly with the length that it has. */
const frame = fc
  .tuple(
    pdu,
    fc.nat(65_535),
    fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.nat(255)),
    fc.constantFrom(0, 0, 0, 0, 0, 0, 1),
  )
  .map(([body, transaction, unitId, wrong]) => {
    const head = Buffer.alloc(7);
    head.writeUInt16BE(transaction, 0);
    head.writeUInt16BE(body.length + 1 + wrong, 4);
    head[6] = unitId;
    return Buffer.concat([head, body]);
  });
const stream = fc.array(fc.oneof({ weight: 9, arbitrary: frame }, fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });
const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });

/** The frames that a server has to answer: all up to the first that is none. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 6 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes.readUInt16BE(at + 2) !== 0 || length < 2 || length > 254 || at + 6 + length > bytes.length) break;
    frames.push(bytes.subarray(at, at + 6 + length));
    at += 6 + length;
  }
  return frames;
}

test('any bytes in any pieces: each frame has one answer of its own, writes reach only who accepts them, and others are served', async () => {
  const rig = await ServerRig.open(GRANTS, { maxClients: 64, requestsPerSecond: 100_000 });
  for (const module of ['m', 'n']) rig.driver.moduleStarted(module);
  rig.set(3, 0, new Array(20).fill(7));
  fc.assert(
    fc.property(stream, pieces, (parts, sizes) => {
      const bytes = Buffer.concat(parts);
      const client = rig.connect();
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length]!;
        client.send(bytes.subarray(at, at + size).toString('hex'));
        at += size;
      }
      const expected = framesOf(bytes);
      assert.equal(client.answers.length, expected.length);
      for (const [index, request] of expected.entries()) {
        const answer = Buffer.from(client.answers[index]!, 'hex');
        assert.ok(answer.length <= 260);
        assert.equal(answer.subarray(0, 4).toString('hex'), request.subarray(0, 4).toString('hex'));
        assert.equal(answer.readUInt16BE(4), answer.length - 6);
        assert.equal(answer[6], request[6]);
        const isException = answer[7] !== request[7] || answer[7]! >= 0x80;
        if (isException) {
          assert.equal(answer[7], request[7]! | 0x80);
          assert.ok(answer.length === 9 && EXCEPTIONS.has(answer[8]!), client.answers[index]!);
        }
      }
      for (const { module, address, values } of rig.audits.splice(0)) checkWrite(module, address, values);
      client.events?.closed();
      for (const module of ['m', 'n']) while ((rig.status['waiting'] as number) > 0 && rig.take(module, 1).length > 0);
      for (const { module, address, values } of rig.audits.splice(0)) checkWrite(module, address, values);
      rig.clock.advance(1);
      const other = rig.connect();
      assert.equal(other.ask('03 0000 0001').slice(0, 4), rig.set(3, 0, [7]) === STATUS.ok ? '0302' : '');
      other.events?.closed();
      assert.equal(rig.status['clients'], 0);
    }),
    OPTIONS,
  );
  await rig.driver.close();
});

function checkWrite(module: string, address: string, values: readonly number[]): void {
  const [, table, first, last = first] = /^(\w+):(\d+)(?:-(\d+))?$/.exec(address) as unknown as [
    string,
    string,
    string,
    string?,
  ];
  const within = (from: number, to: number) => Number(first) >= from && Number(last) <= to;
  assert.equal(Number(last) - Number(first) + 1, values.length);
  if (table === 'coil') assert.ok(module === 'm' && within(20, 59) && values.every((value) => value <= 1), address);
  else if (within(40, 40)) assert.equal(module, 'n');
  else assert.ok(module === 'm' && within(10, 29), address);
}

/** Often the same few registers, so that what happens to one meets what happened to it before. */
const address = fc.oneof(fc.integer({ min: 10, max: 12 }), fc.nat(32));
/** What happens to the holding registers of the module `m`. */
const action = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    at: address,
    values: fc.array(fc.nat(65_535), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('read' as const), at: address, count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({
    kind: fc.constant('write' as const),
    at: address,
    values: fc.array(fc.nat(65_535), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('mask' as const), at: address, and: fc.nat(65_535), or: fc.nat(65_535) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(700) }),
  fc.constant({ kind: 'take' as const }),
  fc.constant({ kind: 'down' as const }),
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Does the same to the server and to the model. */
function perform(step: Action, rig: ServerRig, client: FakeClient, model: RegisterModel): void {
  switch (step.kind) {
    case 'set':
      assert.equal(rig.set(3, step.at, step.values) === STATUS.ok, model.set(step.at, step.values));
      return;
    case 'read':
      assert.equal(client.ask(`03${hex4(step.at, step.count)}`), model.read(step.at, step.count));
      return;
    case 'write': {
      const { at, values } = step;
      const bytes = (2 * values.length).toString(16).padStart(2, '0');
      assert.equal(client.ask(`10${hex4(at, values.length)}${bytes}${hex4(...values)}`), model.write(at, values));
      return;
    }
    case 'mask':
      assert.equal(client.ask(`16${hex4(step.at, step.and, step.or)}`), model.mask(step.at, step.and, step.or));
      return;
    case 'take':
      if (model.queue.length > 0) checkTaken(rig, model);
      return;
    case 'pass':
      rig.clock.advance(step.ms);
      model.pass(step.ms);
      return;
    case 'down':
      rig.driver.moduleDown('m');
      model.down();
      return;
    default:
      step satisfies never;
  }
}

/** The module takes the write that is next, and no other. */
function checkTaken(rig: ServerRig, model: RegisterModel): void {
  const { payload } = rig.take()[0]!;
  const [at, ...values] = model.take()!;
  assert.equal(payload.readUInt16LE(2), at);
  assert.deepEqual(
    values.map((_, index) => payload.readUInt16LE(8 + 2 * index)),
    values,
  );
}

test('reads, writes and masks give what a plain model of the registers gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const rig = await ServerRig.open(GRANTS, { staleAfterMs: 1_000, writeExpiryMs: 3_600_000, idleMs: 3_600_000 });
      rig.driver.moduleStarted('m');
      const client = rig.connect();
      const model = new RegisterModel(1_000);
      for (const step of actions) perform(step, rig, client, model);
      while (model.queue.length > 0) checkTaken(rig, model);
      assert.equal(rig.status['waiting'], 0);
      await rig.driver.close();
      assert.equal(rig.clock.pending, 0);
    }),
    OPTIONS,
  );
});

test('any payload of a module is refused or means one request, to guard and driver alike', async () => {
  const rig = await ServerRig.open(GRANTS);
  const guard = compileModbusServerGuard(GRANTS.m, ['scada']);
  const good = fc.oneof(
    fc.record({ kind: fc.constant('take' as const), waitMs: fc.nat(4_000_000) }),
    fc.record({
      kind: fc.constant('set' as const),
      table: fc.constantFrom(1, 2, 3, 4),
      address: fc.nat(65_535),
      values: fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }).map((all) => Uint16Array.from(all)),
    }),
  ) as fc.Arbitrary<ModbusServerRequest>;
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(good, fc.nat(60), fc.nat(255), fc.boolean()).map(([request, at, value, isChanged]) => {
      const bytes = encodeModbusServerRequest(request, 'scada');
      if (isChanged) bytes[at % bytes.length] = value;
      return bytes;
    }),
  );
  fc.assert(
    fc.property(payload, (bytes) => {
      const request = decodeModbusServerRequest(bytes);
      const status = guard.judge(bytes);
      assert.equal(status === STATUS.invalid, request === undefined);
      if (request?.kind === 'take') assert.equal(request.waitMs, Buffer.from(bytes).readUInt32LE(8) || 60_000);
      const answers: number[] = [];
      rig.driver.request({ module: 'm', instance: 1, request: 1, answer: (code) => answers.push(code) }, bytes);
      if (request?.kind !== 'take') assert.equal(answers.length, 1);
      if (status === STATUS.ok && request?.kind === 'set') assert.deepEqual(answers, [STATUS.ok]);
      if (status === STATUS.invalid) assert.deepEqual(answers, [STATUS.invalid]);
    }),
    OPTIONS,
  );
  await rig.driver.close();
});

test.run();
