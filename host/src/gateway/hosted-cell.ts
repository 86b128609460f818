import type { CrossingInput } from '../bridge/crossing-input.ts';
import type { Flow } from '../bridge/flow.ts';
import type { CellRoute } from '../cell/router.ts';
import type { CellStatus } from '../cell/status.ts';
import type { StopReason } from '../cell/supervisor.ts';
import type { PulsedCell } from '../health/pulse.ts';
import { type CellFrame, CellThread } from './cell-thread.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { Images } from './images.ts';
import type { MessageSource } from './message-sources.ts';
import { type Stuck, silenceMaxMs, Watchdog } from './watchdog.ts';

export type OpenThread = (...parameters: ConstructorParameters<typeof CellThread>) => CellThread;

export interface HostedCellOptions {
  /** For people; absent for the cell that all modules share. */
  readonly name?: string;
  readonly modules: readonly GatewayModule[];
  readonly images: Images;
  readonly routes: readonly CellRoute[];
  readonly stuckAfterMs: number;
  /** Replaced in tests that have no threads. */
  readonly openThread?: OpenThread | undefined;
  /** Makes what handles the frames of one thread: in the next one, instances are counted anew. */
  readonly openFrames: (cell: HostedCell, thread: CellThread) => (frame: CellFrame) => void;
  /** The thread ended, on its own or because it was stuck; all that it had sent is handled. */
  readonly onLost: (
    cell: HostedCell,
    error: Error,
    culprit: GatewayModule | undefined,
    stuck: Stuck | undefined,
  ) => void;
}

const startThread: OpenThread = (...parameters) => new CellThread(...parameters);

/** One cell of the gateway: the modules that share it, and the thread in which they run at the moment. */
export class HostedCell implements PulsedCell {
  /** Which of the producers of `Flow` it is. */
  readonly producer: number;
  readonly ids: ReadonlyMap<string, GatewayModule>;
  readonly #options: HostedCellOptions;
  #thread: CellThread | undefined;
  #watchdog: Watchdog | undefined;

  constructor(producer: number, options: HostedCellOptions) {
    this.producer = producer;
    this.ids = new Map(options.modules.map((module) => [module.spec.id, module]));
    this.#options = options;
  }

  get name(): string {
    return this.#options.name === undefined ? 'the thread of the modules' : `the thread of ${this.#options.name}`;
  }

  get modules(): readonly GatewayModule[] {
    return this.#options.modules;
  }

  /** Without modules, or with poisoned ones only, a thread would have nothing to do, and there is none. */
  get isIdle(): boolean {
    return this.modules.every(({ state }) => state === 'poisoned');
  }

  get silenceMaxMs(): number {
    return silenceMaxMs(this.#options.stuckAfterMs);
  }

  /** Absent while it is being built again. */
  get thread(): CellThread | undefined {
    return this.#thread?.isClosed === false ? this.#thread : undefined;
  }

  /** Starts a thread with modules and routes in it, and the modules that are to run, in the order of `startupOrder`. */
  open(flow: Flow, crossings: readonly CrossingInput[]): void {
    const { images, openFrames, onLost, stuckAfterMs, openThread = startThread } = this.#options;
    const modules = this.modules.filter(({ state }) => state !== 'poisoned');
    const thread: CellThread = openThread(
      {
        frame: (frame) => take(frame),
        lost: (error, isFault) => onLost(this, error, isFault ? this.#culprit(thread) : undefined, undefined),
      },
      { table: flow, producer: this.producer },
    );
    const take = openFrames(this, thread);
    this.#thread = thread;
    this.#watchdog = new Watchdog(thread.clock, stuckAfterMs);
    for (const image of images.specsOf(modules.map(({ cellSpec }) => cellSpec.image)))
      thread.control({ kind: 'image', image });
    for (const { currentSpec } of modules) thread.control({ kind: 'install', spec: currentSpec });
    this.setCrossings(crossings);
    const running = modules.filter(({ spec }) => spec.status === 'running');
    running.sort((a, b) => a.spec.startupOrder - b.spec.startupOrder);
    for (const { slot } of running) thread.control({ kind: 'start', slot });
  }

  /** Tells the cell which inputs messages cross to, and works out its routes afresh. */
  setCrossings(crossings: readonly CrossingInput[]): void {
    this.thread?.control({ kind: 'routes', routes: this.#options.routes, crossings });
  }

  /** Hands a message over that came by a route; false when there is no room, or no thread. */
  deliver(slot: number, route: number, source: MessageSource, message: Uint8Array): boolean {
    return this.thread?.deliver(slot, route, source, message) ?? false;
  }

  ping(answered: () => void): void {
    this.thread?.ping(answered);
  }

  /** What the cell knows of itself; undefined when it has no thread, or that does not answer. */
  status(): Promise<CellStatus | undefined> {
    return this.thread?.status().catch(() => undefined) ?? Promise.resolve(undefined);
  }

  /** Ends the thread if it does not come to an end with what it does. */
  async watch(): Promise<void> {
    const thread = this.thread;
    const stuck = thread && this.#watchdog?.look(thread.activity.read());
    if (thread === undefined || stuck === undefined) return;
    await thread.close();
    const culprit = this.modules.find(({ slot }) => slot === stuck.slot);
    const ms = Math.round(stuck.workedMs);
    const text =
      culprit === undefined
        ? `it worked for ${ms} ms without an end`
        : `${culprit.spec.id} ran for ${ms} ms without an end`;
    this.#options.onLost(this, new Error(text), culprit, stuck);
  }

  /** Lets every module handle its stop event; resolves to whether the cell has done so. */
  async stopModules(reason: StopReason): Promise<boolean> {
    const thread = this.thread;
    if (thread === undefined) return true;
    for (const { slot, state } of this.modules)
      if (state !== 'poisoned') thread.control({ kind: 'stop', slot, reason });
    // The cell answers in order, so its status comes after the stops.
    return (await this.status()) !== undefined || thread.isClosed;
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  /** The module that was running when its thread ended by a fault. */
  #culprit(thread: CellThread): GatewayModule | undefined {
    const { slot } = thread.activity.read();
    return slot === undefined ? undefined : this.modules.find((module) => module.slot === slot);
  }
}
