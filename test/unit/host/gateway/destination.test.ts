import { encodeMessage } from '../../../../host/src/abi/frames.ts';
import { entryBytes } from '../../../../host/src/bridge/crossing-input.ts';
import { Flow } from '../../../../host/src/bridge/flow.ts';
import { Destination } from '../../../../host/src/gateway/destination.ts';
import type { GatewayModule } from '../../../../host/src/gateway/gateway-module.ts';
import type { HostedCell } from '../../../../host/src/gateway/hosted-cell.ts';
import { MessageSources } from '../../../../host/src/gateway/message-sources.ts';
import type { QueuePolicy } from '../../../../host/src/manifest/deployment.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('an input to which messages come from other cells');
const CAPACITY = 512;
const SOURCE = new MessageSources().named('gw/a/out');
/** Of 8 bytes, the first of which is `mark`. */
const message = (mark: number): Uint8Array =>
  encodeMessage({
    ...{ time: 0, monotonic: 0, isJson: false, hops: 1, input: 0, source: 0, sequence: mark, emitted: 0 },
    ...{ properties: [], body: Uint8Array.of(mark, 0, 0, 0, 0, 0, 0, 0) },
  });
const ENTRY = entryBytes(message(0).byteLength);

/** A destination in cell 1; cell 2 sends to it. */
class Rig {
  /** How many messages the cell takes before it has no room. */
  room = Number.POSITIVE_INFINITY;
  readonly delivered: number[] = [];
  readonly flow = Flow.create(1, 3);
  readonly module = { slot: 5, state: 'running' } as GatewayModule;
  readonly cell = {
    producer: 1,
    deliver: (_slot: number, _route: number, _source: unknown, bytes: Uint8Array) => {
      if (this.room <= 0) return false;
      this.room--;
      this.delivered.push(bytes[56] as number);
      return true;
    },
  } as unknown as HostedCell;
  readonly other = { producer: 2 } as HostedCell;
  readonly destination: Destination;

  constructor(policy: QueuePolicy) {
    const flow = policy === 'wait' ? { flow: 0 } : {};
    this.destination = new Destination(
      this.cell,
      this.module,
      { module: 'b', input: 'in', bytes: CAPACITY, policy, ...flow },
      true,
    );
    this.destination.flow = this.flow;
  }

  /** The other cell sets room aside. */
  setAside(messages: number): void {
    this.flow.setSent(0, 2, this.flow.sent(0, 2) + messages * ENTRY);
  }

  /** A message of the other cell is taken from its ring. */
  take(mark: number): number {
    this.destination.noteTaken(2, ENTRY);
    return this.destination.send(0, SOURCE, message(mark));
  }
}

test('messages wait while its cell has no room, and keep their order with those behind them', () => {
  const rig = new Rig('drop-oldest');
  rig.room = 1;
  for (const mark of [1, 2, 3]) assert.equal(rig.take(mark), 0);
  assert.equal(rig.destination.hasKept, true);
  rig.room = 1;
  assert.equal(rig.destination.sendKept(), false);
  rig.room = 10;
  rig.take(4);
  assert.deepEqual(rig.delivered, [1, 2], 'what waits is not overtaken');
  assert.equal(rig.destination.sendKept(), true);
  assert.deepEqual(rig.delivered, [1, 2, 3, 4]);
});

test('[drop-oldest] what waits has as much room as the queue, and the oldest makes room', () => {
  const rig = new Rig('drop-oldest');
  rig.room = 0;
  let dropped = 0;
  for (let mark = 0; mark < 20; mark++) dropped += rig.take(mark);
  rig.room = 100;
  rig.destination.sendKept();
  assert.equal(rig.delivered.length + dropped, 20);
  assert.ok(dropped > 10);
  assert.equal(rig.delivered.at(-1), 19);
});

test('[reject] the new one is dropped', () => {
  const rig = new Rig('reject');
  rig.room = 0;
  let dropped = 0;
  for (let mark = 0; mark < 20; mark++) dropped += rig.take(mark);
  rig.room = 100;
  rig.destination.sendKept();
  assert.equal(rig.delivered.length + dropped, 20);
  assert.deepEqual(rig.delivered, [...rig.delivered.keys()]);
});

test('[wait] everything for which room was set aside can wait, whatever its size and wherever the queue stands', () => {
  const rig = new Rig('wait');
  rig.room = 0;
  for (let n = 0; n < Math.floor(CAPACITY / ENTRY); n++) assert.equal(rig.take(n), 0);
  for (let times = 0; times < 100; times++) {
    rig.room = 1 + (times % 3);
    const free = rig.room;
    assert.equal(rig.destination.sendKept(), false);
    for (let n = 0; n < free; n++) assert.equal(rig.take(n), 0);
  }
});

test('[wait] when a producer is gone, what it had set aside and not sent is free again', () => {
  const rig = new Rig('wait');
  rig.setAside(3);
  rig.take(1);
  rig.destination.forgetCell(rig.other);
  assert.equal(rig.flow.used(0), ENTRY);
  rig.flow.consume(0, ENTRY);
  assert.equal(rig.flow.used(0), 0);
});

test('[wait] when its cell is gone, only what waits outside and what is on its way there is in use', () => {
  const rig = new Rig('wait');
  rig.setAside(6);
  rig.flow.setSent(0, 1, 2 * ENTRY);
  rig.room = 2;
  for (const mark of [1, 2, 3]) rig.take(mark);
  rig.flow.consume(0, ENTRY);
  rig.destination.forgetCell(rig.cell);
  assert.equal(rig.flow.used(0), (1 + 3) * ENTRY, 'one is kept, three are in the ring of their cell');
  rig.room = 10;
  rig.destination.sendKept();
  rig.destination.forgetCell(rig.cell);
  assert.equal(rig.flow.used(0), 3 * ENTRY);
});

test('[wait] the host takes part in what there is room for, and does not wait', () => {
  const rig = new Rig('wait');
  const length = message(0).byteLength;
  rig.setAside(Math.floor(CAPACITY / ENTRY) - 1);
  assert.equal(rig.destination.takesFromHost(length), true);
  assert.equal(rig.destination.takesFromHost(length), false);
});

test('[wait] what the host has set aside and does not send it gives back', () => {
  const rig = new Rig('wait');
  const length = message(0).byteLength;
  rig.setAside(Math.floor(CAPACITY / ENTRY) - 1);
  for (let times = 0; times < 3; times++) {
    assert.equal(rig.destination.takesFromHost(length), true);
    rig.destination.giveBack(length);
  }
  assert.equal(rig.flow.used(0), (Math.floor(CAPACITY / ENTRY) - 1) * ENTRY, 'a refusal leaves nothing behind either');
});

test('[wait] a message that could never fit is known', () => {
  assert.equal(new Rig('wait').destination.canHold(CAPACITY - 8), true);
  assert.equal(new Rig('wait').destination.canHold(CAPACITY), false);
  assert.equal(new Rig('reject').destination.canHold(CAPACITY), true, 'what is dropped then, the queue counts');
});

test('what is sent to a module that is poisoned is dropped, and its room is free', () => {
  const rig = new Rig('wait');
  rig.setAside(1);
  rig.module.state = 'poisoned';
  assert.equal(rig.take(1), 1);
  assert.deepEqual(rig.delivered, []);
  assert.equal(rig.flow.used(0), 0);
});

test.run();
