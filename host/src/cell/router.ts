import type { CrossingInput } from '../bridge/crossing-input.ts';
import type { Flow } from '../bridge/flow.ts';
import { DEFAULT_INPUT } from '../manifest/deployment.ts';
import { compileRoute, type RouteSink } from '../routes/index.ts';
import { MESSAGE_SOURCE } from '../routes/route-source.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { DirectWay, InputEndpoint, OutputPort, RouteEntry, Target } from './output-port.ts';
import { SharedRoom } from './shared-room.ts';

/** One route of the deployment, as text: it is compiled where it runs. */
export interface CellRoute {
  readonly index: number;
  readonly name: string;
  readonly text: string;
  readonly priority: number;
}

/** How the cell takes part in what inputs of several cells have room for. */
export interface CellFlow {
  readonly table: Flow;
  readonly producer: number;
}

/**
 * The routes between modules. Which targets an output has is worked out once, when routes or modules change; per
 * message only conditions are left. Queues of inputs stay, so that a change of routes loses no message.
 */
export class Router {
  entries: readonly RouteEntry[] = [];
  readonly #slots: ReadonlyMap<string, ModuleSlot>;
  readonly #flow: CellFlow | undefined;
  #crossings: ReadonlyMap<string, CrossingInput> = new Map();
  readonly #rooms = new Map<number, SharedRoom>();

  /** @param slots the modules of the cell by id; looked at again at every `connect` */
  constructor(slots: ReadonlyMap<string, ModuleSlot>, flow: CellFlow | undefined) {
    this.#slots = slots;
    this.#flow = flow;
  }

  /** Replaces all routes. Counters of routes that keep their name go on. */
  setRoutes(routes: readonly CellRoute[], crossings: readonly CrossingInput[]): void {
    this.#crossings = new Map(crossings.map((crossing) => [keyOf(crossing), crossing]));
    const before = new Map(this.entries.map((entry) => [entry.name, entry]));
    this.entries = routes
      .map(({ index, name, text, priority }) => {
        const { matched = 0, dropped = 0 } = before.get(name) ?? {};
        return { index, name, priority, route: compileRoute(text), matched, dropped };
      })
      .sort((a, b) => a.priority - b.priority || a.index - b.index);
  }

  /** Works out the targets of every output, and who pauses whom. */
  connectAll(): void {
    for (const slot of this.#slots.values()) {
      slot.waitTargets = [];
      slot.waitsForOthers = false;
      slot.sendsUpstream = false;
      slot.sendsToOtherCells = false;
      slot.waitProducers = [];
    }
    for (const slot of this.#slots.values()) for (const port of slot.outputs) this.connect(slot, port);
  }

  /** Works out the targets of one output. */
  connect(slot: ModuleSlot, port: OutputPort): void {
    const source = MESSAGE_SOURCE.module(slot.id, port.name);
    const targets = new Map<string, { target: Target; entries: RouteEntry[] }>();
    for (const entry of this.entries) {
      // Who could never send there must not wait for room there.
      if (!entry.route.takesFromModule(slot.id) || !entry.route.matchesSource(source)) continue;
      const { sink } = entry.route;
      const key = sink.kind === 'input' ? keyOf(sink) : '$upstream';
      const known = targets.get(key);
      if (known !== undefined) {
        known.entries.push(entry);
        continue;
      }
      const entries = [entry];
      const target = this.#targetOf(sink, entries);
      if (target !== undefined) targets.set(key, { target, entries });
    }
    port.targets = [...targets.values()].map(({ target }) => target);
    port.direct = directWay(port.targets);
    for (const target of port.targets) noteWay(slot, target);
  }

  /** Where a route leads in this cell, for messages from outside of it; undefined when it leads to no input here. */
  arrivalOf(route: number): { readonly entry: RouteEntry; readonly endpoint: InputEndpoint } | undefined {
    const entry = this.entries.find(({ index }) => index === route);
    if (entry?.route.sink.kind !== 'input') return undefined;
    const endpoint = this.#endpoint(entry.route.sink.module, entry.route.sink.input);
    return endpoint === undefined ? undefined : { entry, endpoint };
  }

  #targetOf(sink: RouteSink, entries: readonly RouteEntry[]): Target | undefined {
    if (sink.kind === 'upstream') return { endpoint: undefined, isRemote: false, room: undefined, entries };
    const { module, input } = sink;
    const room = this.#roomOf(this.#crossings.get(keyOf(sink)));
    const endpoint = this.#endpoint(module, input);
    if (endpoint !== undefined) return { endpoint, isRemote: false, room, entries };
    const isElsewhere = !this.#slots.has(module) && this.#crossings.has(keyOf(sink));
    return isElsewhere ? { endpoint, isRemote: true, room, entries } : undefined;
  }

  #endpoint(module: string, input: string): InputEndpoint | undefined {
    const slot = this.#slots.get(module);
    const port = slot?.inputNamed(input);
    if (slot === undefined || port === undefined) return undefined;
    const room = this.#roomOf(this.#crossings.get(keyOf({ module, input })));
    return { slot, input: port.id, queue: slot.queueOf(port, DEFAULT_INPUT, room) };
  }

  /** One for each input, whoever sends there, because an event is taken back as a whole. */
  #roomOf(crossing: CrossingInput | undefined): SharedRoom | undefined {
    if (crossing?.flow === undefined || this.#flow === undefined) return undefined;
    const { table, producer } = this.#flow;
    const known = this.#rooms.get(crossing.flow);
    if (known !== undefined) return known;
    const room = new SharedRoom(table, crossing.flow, producer, crossing.bytes);
    this.#rooms.set(crossing.flow, room);
    return room;
  }
}

function directWay([target, ...others]: readonly Target[]): DirectWay | undefined {
  if (target === undefined || others.length > 0) return undefined;
  const { endpoint, room, entries } = target;
  const [entry, ...rest] = entries;
  if (endpoint === undefined || room !== undefined || entry === undefined || rest.length > 0) return undefined;
  return entry.route.condition ? undefined : { endpoint, entry };
}

/** Notes on a module where its messages go, and on their receiver whom it may pause. */
function noteWay(slot: ModuleSlot, { endpoint, isRemote, room }: Target): void {
  if (isRemote) slot.sendsToOtherCells = true;
  else if (endpoint === undefined) slot.sendsUpstream = true;
  const ahead = room ?? (endpoint?.queue.policy === 'wait' ? endpoint.queue : undefined);
  if (ahead === undefined) return;
  if (room !== undefined) slot.waitsForOthers = true;
  if (!slot.waitTargets.includes(ahead)) slot.waitTargets.push(ahead);
  if (endpoint !== undefined && !endpoint.slot.waitProducers.includes(slot)) endpoint.slot.waitProducers.push(slot);
}

const keyOf = ({ module, input }: { readonly module: string; readonly input: string }): string => `${module}/${input}`;
