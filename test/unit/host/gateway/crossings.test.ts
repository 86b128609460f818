import { encodeMessage } from '../../../../host/src/abi/frames.ts';
import { entryBytes } from '../../../../host/src/bridge/crossing-input.ts';
import { compileRoutes } from '../../../../host/src/check/check-routes.ts';
import { Crossings } from '../../../../host/src/gateway/crossings.ts';
import type { GatewayModule } from '../../../../host/src/gateway/gateway-module.ts';
import type { HostedCell } from '../../../../host/src/gateway/hosted-cell.ts';
import { originOfLeaf } from '../../../../host/src/gateway/message-origin.ts';
import { MessageSources } from '../../../../host/src/gateway/message-sources.ts';
import { Publisher } from '../../../../host/src/gateway/publisher.ts';
import { ProblemLog } from '../../../../host/src/json/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('messages of leaf devices and the inputs that they wait for');
const CAPACITY = 512;
const LEAF = originOfLeaf('boiler');

/** Two modules in one cell, `a` and `b`, whose input lets its senders wait, and `c`, whose input does not. */
class Rig {
  readonly delivered: string[] = [];
  readonly crossings: Crossings;
  readonly publisher: Publisher;

  constructor(routes: readonly string[]) {
    const module = (id: string, slot: number): readonly [string, GatewayModule] => [
      id,
      {
        slot,
        state: 'running',
        spec: { inputs: { in: { bytes: CAPACITY, policy: id === 'c' ? 'reject' : 'wait' } } },
      } as unknown as GatewayModule,
    ];
    const cell = {
      producer: 1,
      ids: new Map([module('a', 0), module('b', 1), module('c', 2)]),
      deliver: (slot: number, _route: number, source: { readonly text: Uint8Array }) => {
        this.delivered.push(`${'abc'[slot]} from ${new TextDecoder().decode(source.text)}`);
        return true;
      },
    } as unknown as HostedCell;
    const specs = routes.map((text, index) => ({ name: `r${index}`, text, path: '', priority: 9, timeToLiveSecs: 0 }));
    const loaded = compileRoutes(specs, new ProblemLog('deployment.json', ''));
    this.crossings = new Crossings({ routes: loaded, cells: [cell], hasLeaves: true });
    const sources = new MessageSources();
    this.publisher = new Publisher({
      routes: loaded,
      setAside: (ways, bytes) => this.crossings.setAside(ways, bytes),
      deliver: ({ route, origin, isSetAside }, message) =>
        this.crossings.publish(route, sources.named(origin.name), message, isSetAside),
    });
  }

  offer(bytes = 8) {
    return this.publisher.offer(LEAF, { properties: [['topic', 't']], body: new Uint8Array(bytes), isJson: false });
  }

  /** The cell has taken so many messages from an input. */
  consume(input: number, messages: number): void {
    this.crossings.flow.consume(input, messages * ENTRY);
  }
}

const into = (module: string): string =>
  `FROM /messages/* WHERE topic = 't' INTO BrokeredEndpoint("/modules/${module}/inputs/in")`;
const ENTRY = entryBytes(
  encodeMessage({
    ...{ time: 0, monotonic: 0, isJson: false, hops: 1, input: 0, source: 0, sequence: 1, emitted: 0 },
    ...{ properties: [['topic', 't']], body: new Uint8Array(8) },
  }).byteLength,
);
const FITS = Math.floor(CAPACITY / ENTRY);

test('a message goes into all inputs or into none, and what waits takes no room', () => {
  const rig = new Rig([into('a'), into('b'), into('c')]);
  for (let n = 0; n < FITS; n++) assert.deepEqual(rig.offer()(), { delivered: 3, dropped: 0 });
  rig.consume(0, FITS);
  const send = rig.offer();
  for (let times = 0; times < 3; times++) assert.equal(send(), undefined, 'b has no room');
  assert.equal(rig.delivered.length, 3 * FITS);
  assert.equal(rig.crossings.flow.used(0), 0);
  rig.consume(1, 1);
  assert.deepEqual(send(), { delivered: 3, dropped: 0 });
  assert.deepEqual(rig.delivered.slice(-3), ['a from boiler', 'b from boiler', 'c from boiler']);
});

test('a message counts once for its routes, however often it was tried', () => {
  const rig = new Rig([into('a'), into('a')]);
  for (let n = 0; n < FITS; n++) rig.offer()();
  const send = rig.offer();
  for (let times = 0; times < 5; times++) send();
  rig.consume(0, 1);
  send();
  assert.deepEqual(
    [...rig.publisher.counters.values()].map(({ matched, dropped }) => [matched, dropped]),
    [
      [FITS + 1, 0],
      [FITS + 1, 0],
    ],
  );
  assert.equal(rig.delivered.length, FITS + 1, 'to one place once');
});

test('a message that could never fit is dropped there, counted, and goes to the others', () => {
  const rig = new Rig([into('a'), into('c')]);
  assert.deepEqual(rig.offer(CAPACITY)(), { delivered: 1, dropped: 1 });
  assert.equal(rig.publisher.counters.get('r0')?.dropped, 1);
  assert.equal(rig.crossings.flow.used(0), 0);
});

test('one that no route takes is done at once', () => {
  const rig = new Rig(['FROM /messages/* WHERE topic = \'other\' INTO BrokeredEndpoint("/modules/a/inputs/in")']);
  assert.deepEqual(rig.offer()(), { delivered: 0, dropped: 0 });
});

test.run();
