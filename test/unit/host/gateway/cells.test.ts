import { Activity } from '../../../../host/src/bridge/activity.ts';
import type { CellControl } from '../../../../host/src/bridge/control.ts';
import type { LoadedModule, LoadedRoute } from '../../../../host/src/check/index.ts';
import type { Driver } from '../../../../host/src/drivers/driver.ts';
import { toCellSpec } from '../../../../host/src/gateway/cell-spec.ts';
import type { CellThread, CellThreadEvents } from '../../../../host/src/gateway/cell-thread.ts';
import { Cells } from '../../../../host/src/gateway/cells.ts';
import { GatewayModule } from '../../../../host/src/gateway/gateway-module.ts';
import { Images } from '../../../../host/src/gateway/images.ts';
import type { LogEntry } from '../../../../host/src/gateway/log.ts';
import { MessageSources } from '../../../../host/src/gateway/message-sources.ts';
import { MethodCalls } from '../../../../host/src/gateway/method-calls.ts';
import { ModuleStates, type StateNotice } from '../../../../host/src/gateway/module-states.ts';
import { STUCK_AFTER_MS } from '../../../../host/src/gateway/watchdog.ts';
import type { Isolation } from '../../../../host/src/manifest/deployment.ts';
import { compileRoute } from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS } from '../../../lib/test-cell.ts';
import { until } from '../../../lib/until.ts';

const test = suite('the cells of a gateway');

/** A thread that does nothing, on a clock of the test. */
class StillThread {
  readonly activity = new Activity();
  workedMs = 0;
  isClosed = false;
  readonly clock = { kind: 'cpu', workedMs: () => this.workedMs } as const;
  readonly controls: CellControl[] = [];
  readonly events: CellThreadEvents;

  constructor(events: CellThreadEvents) {
    this.events = events;
  }

  control(message: CellControl): void {
    this.controls.push(message);
  }

  async status() {
    return { modules: [], routes: [] };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** Slots of the modules that it was told to start. */
  get started(): number[] {
    return this.controls.flatMap((message) => (message.kind === 'start' ? [message.slot] : []));
  }

  /** Names of inputs that it was last told of as those of other cells. */
  get crossings(): string[] {
    const routes = this.controls.filter((message) => message.kind === 'routes').at(-1);
    return routes?.kind === 'routes' ? (routes.crossings ?? []).map(({ module }) => module) : [];
  }
}

/** Cells of modules with the given isolation, and all that they did. */
class Rig {
  readonly threads: StillThread[] = [];
  readonly log: LogEntry[] = [];
  readonly states: (StateNotice & { module: string })[] = [];
  readonly down: string[] = [];
  readonly cells: Cells;
  readonly modules: GatewayModule[];

  constructor(modules: Readonly<Record<string, Isolation>>, routes: readonly string[] = []) {
    const images = new Images();
    this.modules = Object.entries(modules).map(([id, isolation], slot) => {
      const spec = {
        ...{ id, isolation, status: 'running', limits: DEFAULT_LIMITS, inputs: { in: { bytes: 512, policy: 'wait' } } },
        ...{ grants: { modbus: [] }, environment: {}, desired: {}, startupOrder: slot },
        ...{ restartPolicy: 'always', restartSchedule: 'gatehouse' },
      };
      const loaded = { spec, image: { wasm: new Uint8Array() } } as unknown as LoadedModule;
      const gateway = { deviceId: 'gw', devices: {} } as never;
      return new GatewayModule(loaded, toCellSpec(loaded, slot, images.idOf(loaded.image), gateway));
    });
    const driver = {
      moduleDown: (module: string) => this.down.push(module),
      moduleStarted: () => {},
      moduleStopped: () => {},
    } as unknown as Driver;
    const log = (entry: LogEntry) => this.log.push(entry);
    this.cells = new Cells({
      modules: this.modules,
      routes: routes.map(
        (text, index) => ({ spec: { name: `r${index}`, text, priority: 0 }, route: compileRoute(text) }) as LoadedRoute,
      ),
      images,
      sources: new MessageSources(),
      deviceId: 'gw',
      log,
      states: new ModuleStates({
        drivers: new Map([['modbus', driver]]),
        calls: new MethodCalls(),
        log,
        onState: (module, notice) => this.states.push({ module, ...notice }),
      }),
      watch: { everyMs: 1_000_000, stuckAfterMs: STUCK_AFTER_MS },
      openFrames: () => () => {},
      openThread: (events) => {
        const thread = new StillThread(events);
        this.threads.push(thread);
        return thread as unknown as CellThread;
      },
    });
    this.cells.open();
  }

  /** The newest thread works on one turn of a module for so long. */
  async hang(slot: number, thread = this.threads.at(-1) as StillThread, workedMs = STUCK_AFTER_MS): Promise<void> {
    thread.activity.enter(slot);
    await this.cells.watch();
    thread.workedMs += workedMs;
    await this.cells.watch();
  }

  threadsReach(count: number): Promise<unknown> {
    return until(`${count} threads`, () => this.threads.length === count);
  }

  async close(): Promise<void> {
    await this.cells.stopModules('shutdown');
    await this.cells.close();
  }
}

async function withCells(rig: Rig, body: (rig: Rig) => Promise<void>): Promise<void> {
  try {
    await body(rig);
  } finally {
    await rig.close();
  }
}

test('a stuck cell is built again with all its modules; the second time without the one that ran', () =>
  withCells(new Rig({ a: 'shared', b: 'shared', c: 'shared' }), async (rig) => {
    assert.deepEqual(rig.threads[0]?.started, [0, 1, 2]);
    await rig.hang(1);
    await rig.threadsReach(2);
    assert.deepEqual(rig.threads[1]?.started, [0, 1, 2]);
    assert.deepEqual(
      rig.states.map(({ module, state, code, retryInMs }) => [module, state, code, retryInMs]),
      ['a', 'b', 'c'].map((module) => [module, 'failed', 'CELL_STUCK', 0]),
    );
    await rig.hang(1);
    await rig.threadsReach(3);
    assert.deepEqual(rig.threads[2]?.started, [0, 2]);
    assert.equal(rig.modules[1]?.state, 'poisoned');
    assert.equal(rig.states.filter(({ state }) => state === 'poisoned')[0]?.code, 'MODULE_POISONED');
    assert.deepEqual(rig.down, ['a', 'b', 'c', 'a', 'b', 'c'], 'drivers act in their place');
  }));

test('hits of different modules do not add up', () =>
  withCells(new Rig({ a: 'shared', b: 'shared' }), async (rig) => {
    await rig.hang(0);
    await rig.threadsReach(2);
    await rig.hang(1);
    await rig.threadsReach(3);
    assert.deepEqual(rig.threads[2]?.started, [0, 1]);
  }));

test('nobody is poisoned for what the cell did between turns', () =>
  withCells(new Rig({ a: 'shared' }), async (rig) => {
    for (let times = 1; times <= 5; times++) {
      const thread = rig.threads.at(-1) as StillThread;
      thread.activity.leave();
      await rig.cells.watch();
      thread.workedMs += STUCK_AFTER_MS;
      await rig.cells.watch();
      await rig.threadsReach(times + 1);
    }
    assert.deepEqual(rig.threads.at(-1)?.started, [0]);
  }));

test('less than the limit, or work in other turns, is no hit', () =>
  withCells(new Rig({ a: 'shared' }), async (rig) => {
    await rig.hang(0, rig.threads[0], STUCK_AFTER_MS - 1);
    for (let times = 0; times < 10; times++) await rig.hang(0, rig.threads[0], STUCK_AFTER_MS / 2);
    assert.equal(rig.threads.length, 1);
    assert.deepEqual(rig.states, []);
  }));

test('a thread that ends by a fault is built again after a second, and counts as a hit of the module that ran', () =>
  withCells(new Rig({ a: 'shared', b: 'shared' }), async (rig) => {
    for (let times = 1; times <= 2; times++) {
      const thread = rig.threads.at(-1) as StillThread;
      thread.activity.enter(0);
      thread.isClosed = true;
      thread.events.lost(new Error('out of memory'), true);
      await rig.threadsReach(times + 1);
    }
    assert.deepEqual(rig.threads[2]?.started, [1]);
    assert.deepEqual(
      rig.states.map(({ module, state, retryInMs }) => [module, state, retryInMs]),
      [
        ['a', 'failed', 1_000],
        ['b', 'failed', 1_000],
        ['a', 'poisoned', undefined],
        ['b', 'failed', 1_000],
      ],
    );
  }));

test('a thread that something else ended is no hit of anybody', () =>
  withCells(new Rig({ a: 'shared' }), async (rig) => {
    for (let times = 1; times <= 3; times++) {
      const thread = rig.threads.at(-1) as StillThread;
      thread.activity.enter(0);
      thread.isClosed = true;
      thread.events.lost(new Error('ended'), false);
      await rig.threadsReach(times + 1);
    }
    assert.deepEqual(rig.threads[3]?.started, [0]);
  }));

test('a cell of its own is lost alone; when its module is poisoned it has no thread, and no way leads there', () => {
  const route = 'FROM /messages/modules/a/* INTO BrokeredEndpoint("/modules/own/inputs/in")';
  return withCells(new Rig({ a: 'shared', own: 'own-cell' }, [route]), async (rig) => {
    const [shared] = rig.threads as [StillThread];
    assert.deepEqual(
      rig.threads.map(({ started }) => started),
      [[0], [1]],
    );
    assert.deepEqual(shared.crossings, ['own']);
    await rig.hang(1, rig.threads[1]);
    await rig.threadsReach(3);
    assert.deepEqual(rig.threads[2]?.started, [1]);
    assert.deepEqual(shared.crossings, ['own']);
    await rig.hang(1, rig.threads[2]);
    await until('the way to be gone', () => shared.crossings.length === 0);
    assert.equal(rig.threads.length, 3);
    assert.deepEqual(shared.started, [0]);
    assert.ok(rig.states.every(({ module }) => module === 'own'));
    assert.equal(rig.cells.threadOf(rig.modules[1] as GatewayModule), undefined);
    const { modules } = await rig.cells.status();
    assert.deepEqual(
      modules.map(({ id, state }) => [id, state]),
      [
        ['a', 'stopped'],
        ['own', 'poisoned'],
      ],
    );
  });
});

test.run();
