import fc from 'fast-check';
import { encodeMessage } from '../../host/src/abi/frames.ts';
import { decodeMessageRecord } from '../../host/src/abi/message-record.ts';
import { INBOUND, TO_HOST } from '../../host/src/bridge/frames.ts';
import type { LoadedRoute } from '../../host/src/check/index.ts';
import { Crossings } from '../../host/src/gateway/crossings.ts';
import type { GatewayModule } from '../../host/src/gateway/gateway-module.ts';
import type { HostedCell } from '../../host/src/gateway/hosted-cell.ts';
import { type MessageSource, MessageSources } from '../../host/src/gateway/message-sources.ts';
import type { QueuePolicy } from '../../host/src/manifest/deployment.ts';
import { compileRoute } from '../../host/src/routes/index.ts';
import { assert, suite } from '../lib/suite.ts';
import { TestCell } from '../lib/test-cell.ts';
import { compileWat, FORWARD_WAT } from '../lib/wat.ts';

const test = suite('routes across cells', { timeoutMs: 60_000 });
const FORWARD = compileWat(FORWARD_WAT);
const MODULES = 5;
const ENTRY_ROUTE = 'FROM /messages/modules/$edgeAgent/outputs/in INTO BrokeredEndpoint("/modules/m0/inputs/in")';

interface Graph {
  /** Ways from a module to a later one, so that there is no cycle, with a condition on the number in the body. */
  readonly ways: readonly { readonly from: number; readonly to: number; readonly least: number }[];
  /** The cell of each module. */
  readonly cells: readonly number[];
  readonly policies: readonly QueuePolicy[];
  readonly messages: number;
  /** How many messages a cell takes between two looks of the host. */
  readonly room: number;
}

const graph: fc.Arbitrary<Graph> = fc.record({
  ways: fc.array(
    fc
      .tuple(
        fc.integer({ min: 0, max: MODULES - 1 }),
        fc.integer({ min: 0, max: MODULES - 1 }),
        fc.integer({ min: 0, max: 9 }),
      )
      .filter(([one, other]) => one !== other)
      .map(([one, other, least]) => ({ from: Math.min(one, other), to: Math.max(one, other), least })),
    { maxLength: 8 },
  ),
  cells: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: MODULES, maxLength: MODULES }),
  policies: fc.array(fc.constantFrom<QueuePolicy>('wait', 'drop-oldest', 'reject'), {
    minLength: MODULES,
    maxLength: MODULES,
  }),
  messages: fc.integer({ min: 1, max: 40 }),
  room: fc.integer({ min: 1, max: 50 }),
});

/** A gateway without threads: cells that take turns, and the host's part of the ways between them. */
class Gateway {
  readonly #cells: TestCell[];
  readonly #hosted: HostedCell[];
  readonly #crossings: Crossings;
  readonly #sources = new MessageSources();
  readonly #named = new Map<TestCell, Set<number>>();
  readonly #room: number;
  readonly #left = new Map<TestCell, number>();
  /** What each module handled, in order: source, sequence at the source and hops are those of its own output. */
  readonly handled: string[][] = Array.from({ length: MODULES }, () => []);

  constructor({ ways, cells, policies, room }: Graph) {
    this.#room = room;
    const texts = [
      ENTRY_ROUTE,
      ...ways.map(
        ({ from, to, least }) =>
          `FROM /messages/modules/m${from}/* WHERE $body.n >= ${least} INTO BrokeredEndpoint("/modules/m${to}/inputs/in")`,
      ),
      'FROM /messages/modules/* INTO $upstream',
    ];
    // Only `wait` may have little room: what the others drop depends on who comes first.
    const inputs = (index: number) => {
      const policy = policies[index] as QueuePolicy;
      // The host's own messages wait for nothing.
      return { in: { policy, bytes: policy === 'wait' && index > 0 ? 256 : 1_048_576 } };
    };
    const modules = cells.map((_, slot) => {
      const spec = { id: `m${slot}`, inputs: inputs(slot) };
      return { slot, spec, state: 'running' } as unknown as GatewayModule;
    });
    const count = Math.max(...cells) + 1;
    this.#hosted = Array.from({ length: count }, (_, cell) => {
      const members = modules.filter(({ slot }) => cells[slot] === cell);
      const ids = new Map(members.map((module) => [module.spec.id, module]));
      return { producer: cell + 1, ids, deliver: this.#deliverTo(cell) } as unknown as HostedCell;
    });
    const routes = texts.map(
      (text, index) =>
        ({ spec: { name: `r${index}`, text, priority: index }, route: compileRoute(text) }) as LoadedRoute,
    );
    this.#crossings = new Crossings({ routes, cells: this.#hosted });
    this.#cells = Array.from(
      { length: count },
      (_, cell) => new TestCell({ table: this.#crossings.flow, producer: cell + 1 }),
    );
    for (const [slot, cell] of cells.entries()) {
      const at = this.#cells[cell] as TestCell;
      at.install(`m${slot}`, FORWARD, { slot, inputs: inputs(slot) });
    }
    for (const cell of this.#cells) cell.routesAcross(this.#crossings.inputs(), ...texts);
    for (const [slot, cell] of cells.entries()) this.#cells[cell]?.cell.start(slot);
  }

  #deliverTo(index: number) {
    return (slot: number, route: number, { id, text }: MessageSource, message: Uint8Array): boolean => {
      const cell = this.#cells[index] as TestCell;
      const left = this.#left.get(cell) ?? this.#room;
      if (left === 0) return false;
      this.#left.set(cell, left - 1);
      const named = this.#named.get(cell) ?? new Set();
      this.#named.set(cell, named);
      if (!named.has(id)) cell.inbound.write(INBOUND.source, 0, id, 0, 0, text);
      named.add(id);
      cell.arrive(slot, route, id, message);
      return true;
    };
  }

  publish(number: number): void {
    const message = encodeMessage({
      ...{ time: 0, monotonic: 0, isJson: true, hops: 1, input: 0, source: 0, sequence: number, emitted: 0 },
      ...{ properties: [], body: new TextEncoder().encode(JSON.stringify({ n: number % 10, number })) },
    });
    assert.ok(this.#crossings.publish(0, this.#sources.named('gateway/$edgeAgent/in'), message));
  }

  /** Lets the cells work until nothing moves any more. */
  settle(): void {
    for (let quiet = 0; quiet < 2 * MODULES; ) {
      this.#left.clear();
      this.#crossings.sendLate();
      let moved = 0;
      for (const [index, cell] of this.#cells.entries()) {
        // Room may come back before the host looks after what waits.
        this.#left.clear();
        cell.advance(1);
        for (const frame of cell.takeEffects()) {
          moved++;
          if (frame.type === TO_HOST.upstream) {
            const { body, sequence } = decodeMessageRecord(frame.payload);
            this.handled[frame.slot]?.push(`${new TextDecoder().decode(body)} ${sequence} ${frame.payload[3]}`);
          } else if (frame.type === TO_HOST.message) {
            const source = this.#sources.named(`gateway/m${frame.slot}/out`);
            this.#crossings.take(this.#hosted[index] as HostedCell, source, frame);
          }
        }
      }
      quiet = moved === 0 ? quiet + 1 : 0;
    }
  }

  /** Matches and losses of each route, and the room of every input that is still in use. */
  totals() {
    const all = this.#cells.flatMap(({ cell }) => cell.status().routes);
    const sum = (name: string, key: 'matched' | 'dropped') =>
      all.filter((route) => route.name === name).reduce((total, route) => total + route[key], 0);
    return [...new Set(all.map(({ name }) => name))].map((name) => [name, sum(name, 'matched') - sum(name, 'dropped')]);
  }

  close(): void {
    this.#crossings.close();
  }
}

/** What each module handled of each way, whatever the order between ways: bodies and hops. */
const perModule = ({ handled }: Gateway) =>
  handled.map((lines) => lines.map((line) => line.replace(/ \d+ (\d+)$/, ' $1')).toSorted());

test('what modules get is the same in one cell and in several, nothing is lost or comes twice', () => {
  fc.assert(
    fc.property(graph, (given) => {
      const apart = new Gateway(given);
      const together = new Gateway({ ...given, cells: given.cells.map(() => 0), room: 1_000 });
      for (const gateway of [apart, together]) {
        for (let number = 0; number < given.messages; number++) gateway.publish(number);
        gateway.settle();
        gateway.close();
      }
      assert.deepEqual(perModule(apart), perModule(together));
      assert.deepEqual(apart.totals(), together.totals());
      assert.equal(apart.handled[0]?.length, given.messages);
    }),
    { numRuns: 150 },
  );
});

test('messages of one module to another keep their order, also when they wait on the way', () => {
  fc.assert(
    fc.property(graph, (given) => {
      const chain = [1, 2, 3, 4].map((to) => ({ from: to - 1, to, least: 0 }));
      const gateway = new Gateway({ ...given, ways: chain });
      for (let number = 0; number < given.messages; number++) gateway.publish(number);
      gateway.settle();
      gateway.close();
      for (const lines of gateway.handled) {
        assert.deepEqual(
          lines.map((line) => (JSON.parse(line.split(' ')[0] as string) as { number: number }).number),
          Array.from({ length: given.messages }, (_, number) => number),
        );
      }
    }),
    { numRuns: 100 },
  );
});

test.run();
