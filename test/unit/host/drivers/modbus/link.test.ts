import type { Exchange, LinkFault } from '../../../../../host/src/drivers/modbus/exchange.ts';
import { Link, type LinkOptions } from '../../../../../host/src/drivers/modbus/link.ts';
import type { PduRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { goodAnswer } from '../../../../peers/evil-modbus-server.ts';
import { readOf } from '../driver-rig.ts';
import { FakeNetwork, requestOf } from '../fake-network.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus link');
const TIMEOUT_MS = 1_000;

/** A link on a network without a device, and all that it says. */
class LinkRig {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  readonly said: string[] = [];
  readonly link: Link;

  constructor(changes: Partial<LinkOptions> = {}) {
    this.network.isOpen = false;
    const { clock, network, said } = this;
    this.link = new Link(
      {
        host: 'pump',
        port: 502,
        unitId: 1,
        timeoutMs: TIMEOUT_MS,
        inFlight: 1,
        openTransport: network.open,
        clock,
        random: () => 1,
        ...changes,
      },
      {
        connected: () => said.push('connected'),
        ready: () => said.push('ready'),
        answered: () => said.push('answered'),
        down: (fault, error) =>
          said.push(`down ${fault ?? 'unreachable'}${error === undefined ? '' : `: ${error.message}`}`),
        failed: (fault) => said.push(`failed ${fault}`),
        mostUrgent: () => -1,
      },
    );
  }

  connect(): void {
    this.link.open();
    this.network.last.accept();
  }

  /** Sends a read and notes how it ends. */
  send(address: string): string[] {
    const ends: string[] = [];
    const exchange: Exchange = {
      request: readOf(address) as PduRequest,
      answered: (frame, at) => ends.push(`answered ${frame[at + 3]}`),
      refused: (exception) => ends.push(`refused ${exception}`),
      lost: (fault: LinkFault) => ends.push(`lost ${fault}`),
    };
    this.link.send(exchange);
    return ends;
  }
}

test('connects at once, and after failures at 100 ms doubling to 10 s', () => {
  const rig = new LinkRig();
  rig.link.open();
  const delays: number[] = [];
  for (let i = 0; i < 9; i++) {
    const attempts = rig.network.connections.length;
    rig.network.last.close(new Error('ECONNREFUSED'));
    assert.equal(rig.link.state, 'waiting');
    const start = rig.clock.now();
    rig.clock.advanceUntil(() => rig.network.connections.length > attempts, 50);
    delays.push(rig.clock.now() - start);
  }
  assert.deepEqual(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  assert.equal(rig.said[0], 'down unreachable: ECONNREFUSED');
});

test('gives up an attempt to connect after the deadline', () => {
  const rig = new LinkRig();
  rig.link.open();
  rig.clock.advance(TIMEOUT_MS - 1);
  assert.equal(rig.link.state, 'connecting');
  rig.clock.advance(1);
  assert.equal(rig.link.state, 'waiting');
  assert.equal(rig.network.last.over, 'reset');
  assert.deepEqual(rig.said, ['down unreachable: no connection within 1000 ms']);
  rig.network.last.accept();
  assert.equal(rig.link.state, 'waiting', 'a connection that was given up has no say any more');
});

test('sends in the call, and reads the answer to the request', () => {
  const rig = new LinkRig();
  rig.connect();
  const ends = rig.send('holding:7');
  assert.equal(rig.link.canSend, false);
  rig.network.last.answer();
  assert.deepEqual(ends, ['answered 7']);
  assert.ok(rig.link.canSend);
  assert.deepEqual(rig.said, ['connected', 'ready', 'answered', 'ready']);
});

test('ends the connection at an answer to another transaction', () => {
  const rig = new LinkRig();
  rig.connect();
  rig.send('holding:6');
  rig.network.last.answer();
  const ends = rig.send('holding:7');
  rig.network.last.answer(0);
  assert.deepEqual(ends, ['lost bad-answer']);
  assert.equal(rig.network.connections[0]!.over, 'reset');
});

test('ends the connection at bytes behind an answer that nobody asked for, before the next request', () => {
  for (const extra of [1, 7, 11]) {
    const rig = new LinkRig();
    rig.connect();
    const ends = rig.send('holding:7');
    const answer = goodAnswer(requestOf(rig.network.last.sent[0]!));
    rig.network.last.receive(Buffer.concat([answer, answer.subarray(0, extra)]));
    assert.deepEqual(ends, ['answered 7']);
    assert.equal(rig.network.connections[0]!.over, 'reset', `${extra} bytes`);
    assert.deepEqual(rig.said.slice(2), ['answered', 'down bad-answer']);
  }
});

test('ends a request without an answer at its deadline, resets the connection and connects again', () => {
  const rig = new LinkRig();
  rig.connect();
  rig.send('holding:7');
  rig.network.last.answer();
  rig.clock.advance(500);
  const ends = rig.send('holding:8');
  rig.clock.advance(TIMEOUT_MS - 1);
  assert.deepEqual(ends, []);
  rig.clock.advance(1);
  assert.deepEqual(ends, ['lost timeout']);
  assert.equal(rig.network.connections[0]!.over, 'reset');
  assert.equal(rig.network.connections.length, 2, 'at once, since the connection had given an answer');
});

test('takes no answer from a connection that it gave up', () => {
  const rig = new LinkRig();
  rig.connect();
  const first = rig.send('holding:7');
  rig.clock.advance(TIMEOUT_MS);
  rig.clock.advance(200);
  rig.network.last.accept();
  const second = rig.send('holding:8');
  rig.network.connections[0]!.answer();
  assert.deepEqual(first, ['lost timeout']);
  assert.deepEqual(second, []);
  rig.network.last.answer();
  assert.deepEqual(second, ['answered 8']);
});

test('gives different connections different transactions', () => {
  const rig = new LinkRig();
  rig.connect();
  rig.send('holding:7');
  rig.clock.advance(TIMEOUT_MS);
  rig.clock.advance(200);
  rig.network.last.accept();
  rig.send('holding:8');
  const [first, second] = rig.network.connections.map(({ sent }) => sent[0]!.readUInt16BE(0));
  assert.notEqual(first, second);
});

test('backs off from a device that accepts and never answers', () => {
  const rig = new LinkRig();
  rig.connect();
  const pauses: number[] = [];
  for (let i = 0; i < 5; i++) {
    const attempts = rig.network.connections.length;
    rig.send('holding:7');
    rig.clock.advance(TIMEOUT_MS);
    const start = rig.clock.now();
    rig.clock.advanceUntil(() => rig.network.connections.length > attempts, 50);
    pauses.push(rig.clock.now() - start);
    rig.network.last.accept();
  }
  assert.deepEqual(pauses, [100, 200, 400, 800, 1_600]);
});

test('connects at once when a connection ends that was idle for long', () => {
  const rig = new LinkRig();
  rig.connect();
  rig.clock.advance(60_000);
  rig.network.last.close();
  assert.equal(rig.network.connections.length, 2);
  assert.equal(rig.link.state, 'connecting');
});

test('ends the overdue request as timed out, and the others as closed', () => {
  const rig = new LinkRig({ inFlight: 3 });
  rig.connect();
  const first = rig.send('holding:1');
  rig.clock.advance(600);
  const second = rig.send('holding:2');
  rig.clock.advance(400);
  assert.deepEqual([first, second], [['lost timeout'], ['lost closed']]);
});

test('keeps the deadline of each request when answers come in between', () => {
  const rig = new LinkRig({ inFlight: 2 });
  rig.connect();
  rig.send('holding:1');
  rig.clock.advance(600);
  const second = rig.send('holding:2');
  rig.network.last.answer(0);
  rig.clock.advance(999);
  assert.deepEqual(second, []);
  rig.clock.advance(1);
  assert.deepEqual(second, ['lost timeout']);
});

test('needs one timer for many requests', () => {
  const rig = new LinkRig();
  rig.connect();
  const before = rig.clock.timersSet;
  for (let i = 0; i < 1_000; i++) {
    rig.send(`holding:${i}`);
    rig.network.last.answer();
    rig.clock.advance(1);
  }
  assert.ok(rig.clock.timersSet - before <= 2, `${rig.clock.timersSet - before} timers`);
});

test('does not use the transaction of a request in flight again when the numbers come round', () => {
  const rig = new LinkRig({ inFlight: 2, timeoutMs: 1e9 });
  rig.connect();
  const slow = rig.send('holding:9');
  for (let i = 1; i < 65_537; i++) {
    rig.send('holding:1');
    rig.network.last.answer();
  }
  const transactions = rig.network.last.sent.map((frame) => frame.readUInt16BE(0));
  assert.ok(transactions.slice(1).every((transaction) => transaction !== transactions[0]));
  rig.network.last.answer(0);
  assert.deepEqual(slow, ['answered 9']);
});

test('closes in order when nothing is under way, and resets when something is', () => {
  const idle = new LinkRig();
  idle.connect();
  idle.link.close();
  assert.equal(idle.network.last.over, 'ended');
  const busy = new LinkRig();
  busy.connect();
  const ends = busy.send('holding:1');
  busy.link.close();
  assert.equal(busy.network.last.over, 'reset');
  assert.deepEqual(ends, ['lost closed']);
  assert.equal(busy.clock.pending, 0, 'no timer is left');
  busy.clock.advance(60_000);
  assert.equal(busy.network.connections.length, 1);
});

test('may be closed from within an answer', () => {
  const rig = new LinkRig();
  rig.connect();
  const request = readOf('holding:1') as PduRequest;
  const nothing = (): void => {};
  rig.link.send({ request, answered: () => rig.link.close(), refused: nothing, lost: nothing });
  rig.network.last.answer();
  assert.equal(rig.link.state, 'closed');
  assert.equal(rig.network.connections.length, 1);
  assert.equal(rig.clock.pending, 0);
});

test.run();
