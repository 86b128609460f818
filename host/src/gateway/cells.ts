import type { CellRoute } from '../cell/router.ts';
import type { CellStatus, ModuleStatus } from '../cell/status.ts';
import type { StopReason } from '../cell/supervisor.ts';
import type { LoadedRoute } from '../check/index.ts';
import type { CellFrame, CellThread } from './cell-thread.ts';
import { Crossings } from './crossings.ts';
import type { GatewayModule } from './gateway-module.ts';
import { HostedCell, type OpenThread } from './hosted-cell.ts';
import type { Images } from './images.ts';
import { LEVEL, type Log } from './log.ts';
import type { MessageSources } from './message-sources.ts';
import type { ModuleStates } from './module-states.ts';
import { absentStatus } from './status.ts';
import { STUCK_AFTER_MS, type Stuck, stuckAfterMs, WATCH_EVERY_MS } from './watchdog.ts';

/** When a thread that ended by itself is built again: it may end again at once. */
const RESTART_MS = 1_000;
const STOP_DEADLINE_MS = 2_000;
/** Times that a module may bring its cell down before it is poisoned. */
const HITS_MAX = 2;

export interface CellsOptions {
  /** By slot. */
  readonly modules: readonly GatewayModule[];
  readonly routes: readonly LoadedRoute[];
  readonly images: Images;
  readonly states: ModuleStates;
  readonly sources: MessageSources;
  readonly deviceId: string;
  /** Whether leaf devices send messages. */
  readonly hasLeaves?: boolean;
  readonly log: Log;
  /** Replaced in tests, which have no time for what is far above any budget. */
  readonly watch?: WatchOptions | undefined;
  readonly openThread?: OpenThread;
  /** Handles what the thread of a cell sends. */
  readonly openFrames: (cell: HostedCell, thread: CellThread) => (frame: CellFrame) => void;
}

export interface WatchOptions {
  readonly everyMs: number;
  readonly stuckAfterMs: number;
}

/** The cells of a gateway: one that modules share, and one for each module that asks for its own. A lost one is built again. */
export class Cells {
  readonly crossings: Crossings;
  readonly #options: CellsOptions;
  readonly #cells: readonly HostedCell[];
  readonly #restarts = new Map<HostedCell, NodeJS.Timeout>();
  #watch: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(options: CellsOptions) {
    const { modules, routes } = options;
    this.#options = options;
    const shared = modules.filter(({ spec }) => spec.isolation === 'shared');
    const own = modules.filter(({ spec }) => spec.isolation === 'own-cell');
    const cellRoutes = routes.map(
      ({ spec: { name, text, priority } }, index): CellRoute => ({ index, name, text, priority }),
    );
    const cell = (producer: number, members: readonly GatewayModule[], name?: string): HostedCell =>
      new HostedCell(producer, {
        ...(name === undefined ? {} : { name }),
        ...{ modules: members, images: options.images, routes: cellRoutes, openFrames: options.openFrames },
        openThread: options.openThread,
        stuckAfterMs:
          options.watch?.stuckAfterMs ??
          Math.max(...members.map(({ spec }) => stuckAfterMs(spec.limits)), STUCK_AFTER_MS),
        onLost: (lost, error, culprit, stuck) => this.#lose(lost, error, culprit, stuck),
      });
    this.#cells = [cell(1, shared), ...own.map((module, index) => cell(index + 2, [module], module.spec.id))];
    this.crossings = new Crossings({ routes, cells: this.#cells, hasLeaves: options.hasLeaves ?? false });
  }

  /** All of them, for whoever asks whether they still answer. */
  get all(): readonly HostedCell[] {
    return this.#cells;
  }

  /** Starts every cell, and begins to watch them. */
  open(): void {
    for (const cell of this.#cells) this.#open(cell);
    this.#watch = setInterval(() => void this.watch(), this.#options.watch?.everyMs ?? WATCH_EVERY_MS);
  }

  /** Looks once whether some cell is stuck, and ends the thread of one that is. */
  async watch(): Promise<void> {
    await Promise.all(this.#cells.map((cell) => cell.watch()));
  }

  /** The thread in which a module runs; undefined while it is being built again, and for a module that is poisoned. */
  threadOf(module: GatewayModule): CellThread | undefined {
    return module.state === 'poisoned' ? undefined : this.#cellOf(module).thread;
  }

  /** Hands a message of a module to the inputs of other cells that its routes lead to. */
  cross(cell: HostedCell, module: GatewayModule, output: string, frame: CellFrame): void {
    const { sources, deviceId } = this.#options;
    this.crossings.take(cell, sources.named(`${deviceId}/${module.spec.id}/${output}`), frame);
  }

  /** What all cells know of themselves. Of modules whose cell does not answer it is what was last known. */
  async status(): Promise<CellStatus> {
    const answers = await Promise.all(this.#cells.map((cell) => cell.status()));
    const told = new Map<string, ModuleStatus>();
    const totals = new Map(this.#options.routes.map(({ spec: { name } }) => [name, { name, matched: 0, dropped: 0 }]));
    for (const { modules, routes } of answers.flatMap((answer) => answer ?? [])) {
      for (const module of modules) told.set(module.id, module);
      for (const { name, matched, dropped } of routes) {
        const total = totals.get(name);
        if (total === undefined) continue;
        total.matched += matched;
        total.dropped += dropped;
      }
    }
    for (const [name, { dropped }] of this.crossings.counters) {
      const total = totals.get(name);
      if (total !== undefined) total.dropped += dropped;
    }
    const modules = this.#options.modules.map((module) => {
      const status = told.get(module.spec.id);
      if (status === undefined) return absentStatus(module);
      module.lastStatus = status;
      return status;
    });
    return { modules, routes: [...totals.values()] };
  }

  /** Lets every module handle its stop event; waits until the cells have done so, within a deadline. */
  async stopModules(reason: StopReason): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#watch);
    for (const restart of this.#restarts.values()) clearTimeout(restart);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), STOP_DEADLINE_MS);
    });
    const stopping = this.#cells.map(async (cell) => {
      const isStopped = await Promise.race([cell.stopModules(reason), deadline]);
      if (isStopped || cell.thread === undefined) return;
      const text = `${cell.name} did not stop in time and is ended`;
      this.#options.log({ level: LEVEL.warning, code: 'CELL_LOST', text });
    });
    await Promise.all(stopping);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.crossings.close();
    await Promise.all(this.#cells.map((cell) => cell.close()));
  }

  #open(cell: HostedCell): void {
    if (!cell.isIdle) cell.open(this.crossings.flow, this.crossings.inputs());
  }

  #cellOf(module: GatewayModule): HostedCell {
    return this.#cells.find(({ ids }) => ids.has(module.spec.id)) as HostedCell;
  }

  /** The thread of a cell is gone with everything in it: its modules are down until it is built again. */
  #lose(cell: HostedCell, error: Error, culprit: GatewayModule | undefined, stuck: Stuck | undefined): void {
    const { log } = this.#options;
    const code = stuck === undefined ? 'CELL_LOST' : 'CELL_STUCK';
    log({ level: LEVEL.error, code, text: `${cell.name} ended: ${error.message}` });
    this.crossings.forgetCell(cell);
    const retryInMs = stuck === undefined ? RESTART_MS : 0;
    for (const module of cell.modules) this.#fell(module, code, error.message, retryInMs, module === culprit);
    if (this.#isClosing) return;
    if (culprit?.state === 'poisoned') for (const other of this.#cells) other.setCrossings(this.crossings.inputs());
    this.#restarts.set(
      cell,
      setTimeout(() => {
        this.#restarts.delete(cell);
        this.#open(cell);
      }, retryInMs),
    );
  }

  /** A module went down with its cell; the one that was running is to blame. */
  #fell(
    module: GatewayModule,
    code: 'CELL_LOST' | 'CELL_STUCK',
    text: string,
    retryInMs: number,
    isToBlame: boolean,
  ): void {
    const { states } = this.#options;
    module.outputs.length = 0;
    if (module.spec.status !== 'running' || module.state === 'poisoned') return;
    const notice = { kind: 'state', instance: module.instance, restarts: module.restarts, text } as const;
    if (!isToBlame) states.takeQuietly(module, { ...notice, state: 'failed', code, retryInMs });
    else if (++module.hits < HITS_MAX) states.take(module, { ...notice, state: 'failed', code, retryInMs });
    else states.take(module, { ...notice, state: 'poisoned', code: 'MODULE_POISONED' });
  }
}
