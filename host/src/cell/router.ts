import { QUEUE_LIMITS } from '../limits.ts';
import type { InputSpec } from '../manifest/deployment.ts';
import { compileRoute } from '../routes/index.ts';
import { MESSAGE_SOURCE } from '../routes/route-source.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { InputEndpoint, OutputPort, RouteEntry, Target } from './output-port.ts';

/** One route of the deployment, as text: it is compiled where it runs. */
export interface CellRoute {
  readonly index: number;
  readonly name: string;
  readonly text: string;
  readonly priority: number;
}

/** What an input has that the deployment does not configure. */
const DEFAULT_INPUT: InputSpec = { bytes: QUEUE_LIMITS.bytes.default, policy: 'drop-oldest' };

/**
 * The routes between modules. Which targets an output has is worked out once, when routes or modules change; per
 * message only conditions are left. Queues of inputs stay, so that a change of routes loses no message.
 */
export class Router {
  entries: readonly RouteEntry[] = [];
  readonly #slots: ReadonlyMap<string, ModuleSlot>;

  /** @param slots the modules of the cell by id; looked at again at every `connect` */
  constructor(slots: ReadonlyMap<string, ModuleSlot>) {
    this.#slots = slots;
  }

  /** Replaces all routes. Counters of routes that keep their name go on. */
  setRoutes(routes: readonly CellRoute[]): void {
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
      slot.sendsUpstream = false;
      slot.waitProducers = [];
    }
    for (const slot of this.#slots.values()) for (const port of slot.outputs) this.connect(slot, port);
  }

  /** Works out the targets of one output. */
  connect(slot: ModuleSlot, port: OutputPort): void {
    const source = MESSAGE_SOURCE.module(slot.id, port.name);
    const targets = new Map<unknown, { endpoint: InputEndpoint | undefined; entries: RouteEntry[] }>();
    for (const entry of this.entries) {
      if (!entry.route.matchesSource(source)) continue;
      const { sink } = entry.route;
      const endpoint = sink.kind === 'input' ? this.#endpoint(sink.module, sink.input) : undefined;
      if (sink.kind === 'input' && endpoint === undefined) continue;
      const key = endpoint?.queue ?? 'upstream';
      const target = targets.get(key) ?? { endpoint, entries: [] };
      target.entries.push(entry);
      targets.set(key, target);
    }
    port.targets = [...targets.values()] satisfies Target[];
    for (const { endpoint } of port.targets) {
      if (endpoint === undefined) slot.sendsUpstream = true;
      if (endpoint?.queue.policy !== 'wait') continue;
      if (!slot.waitTargets.includes(endpoint.queue)) slot.waitTargets.push(endpoint.queue);
      if (!endpoint.slot.waitProducers.includes(slot)) endpoint.slot.waitProducers.push(slot);
    }
  }

  /** Where a route leads in this cell, for messages from outside of it; undefined when it leads to no input here. */
  arrivalOf(route: number): { readonly entry: RouteEntry; readonly endpoint: InputEndpoint } | undefined {
    const entry = this.entries.find(({ index }) => index === route);
    if (entry?.route.sink.kind !== 'input') return undefined;
    const endpoint = this.#endpoint(entry.route.sink.module, entry.route.sink.input);
    return endpoint === undefined ? undefined : { entry, endpoint };
  }

  #endpoint(module: string, input: string): InputEndpoint | undefined {
    const slot = this.#slots.get(module);
    const port = slot?.inputNamed(input);
    if (slot === undefined || port === undefined) return undefined;
    return { slot, input: port.id, queue: slot.queueOf(port, DEFAULT_INPUT) };
  }
}
