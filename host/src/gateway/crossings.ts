import { type CrossingInput, entryBytes } from '../bridge/crossing-input.ts';
import { Flow, HOST_PRODUCER } from '../bridge/flow.ts';
import type { LoadedRoute } from '../check/index.ts';
import { DEFAULT_INPUT } from '../manifest/deployment.ts';
import { MESSAGE_SOURCE, type Route } from '../routes/index.ts';
import { type CellFrame, LATE_MS } from './cell-thread.ts';
import { Destination } from './destination.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { HostedCell } from './hosted-cell.ts';
import type { MessageSource } from './message-sources.ts';
import type { RouteCounters } from './publisher.ts';

export interface CrossingsOptions {
  /** In the order of the deployment. */
  readonly routes: readonly LoadedRoute[];
  readonly cells: readonly HostedCell[];
  /** Whether leaf devices send messages, which wait for room like those of modules. */
  readonly hasLeaves?: boolean;
}

/**
 * The ways of messages from one cell to another. Their routes were evaluated where they come from; here they are handed over.
 * While a cell has no room or is being built again they wait, for each input in as much room as its queue has and with the
 * same policy; producers of an input with the policy `wait` send no more than it has room for, wherever they are.
 */
export class Crossings {
  readonly flow: Flow;
  /** Messages that found no room here, by name of the route. */
  readonly counters = new Map<string, RouteCounters>();
  readonly #options: CrossingsOptions;
  /** By route; undefined for `$upstream` and for modules that could not be loaded. */
  readonly #destinations: readonly (Destination | undefined)[];
  /** Each once; the first of them is the first to get room. */
  readonly #inputs: Destination[];
  #lateTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: CrossingsOptions) {
    this.#options = options;
    const known = new Map<string, Destination>();
    let flows = 0;
    const destinations = options.routes.map(({ route: { sink } }) => {
      const cell = sink.kind === 'input' ? options.cells.find(({ ids }) => ids.has(sink.module)) : undefined;
      if (sink.kind !== 'input' || cell === undefined) return undefined;
      const { module, input } = sink;
      const key = `${module}/${input}`;
      const spec = cell.ids.get(module) as GatewayModule;
      const isWanted = this.#hasProducersElsewhere(module, input, cell) || this.#hasLeaves(module, input);
      const { bytes, policy } = spec.spec.inputs[input] ?? DEFAULT_INPUT;
      const existing = known.get(key);
      if (existing !== undefined) return existing;
      const flow = isWanted && policy === 'wait' ? { flow: flows++ } : {};
      const destination = new Destination(cell, spec, { module, input, bytes, policy, ...flow }, isWanted);
      known.set(key, destination);
      return destination;
    });
    this.#destinations = destinations;
    this.flow = Flow.create(flows, options.cells.length + 1);
    this.#inputs = [...known.values()];
    for (const destination of this.#inputs) destination.flow = this.flow;
  }

  /** What a cell must know of inputs whose messages cross from or to it: those of modules that may be started. */
  inputs(): CrossingInput[] {
    return this.#inputs
      .filter(({ isCrossed, module }) => isCrossed && module.state !== 'poisoned')
      .map(({ input }) => input);
  }

  /** Hands a message of a module on. Its bytes are valid only during the call. */
  take(from: HostedCell, source: MessageSource, { payload, b: count }: CellFrame): void {
    const length = payload.byteLength - 4 * count;
    const routes = new DataView(payload.buffer, payload.byteOffset + length, 4 * count);
    const message = payload.subarray(0, length);
    for (let at = 0; at < count; at++) {
      const route = routes.getUint32(4 * at, true);
      const destination = this.#destinations[route];
      destination?.noteTaken(from.producer, entryBytes(length));
      this.#send(destination, route, source, message);
    }
  }

  /** Sets room aside for a message of so many bytes in all inputs of policy `wait` that these routes lead to, or in none. */
  setAside(routes: readonly number[], length: number): boolean {
    const held: Destination[] = [];
    for (const route of routes) {
      const destination = this.#destinations[route];
      if (!destination?.canHold(length)) continue;
      if (destination.takesFromHost(length)) held.push(destination);
      else {
        for (const other of held) other.giveBack(length);
        return false;
      }
    }
    return true;
  }

  /** Hands over a message that comes from no cell; false when it is dropped for lack of room. */
  publish(route: number, source: MessageSource, message: Uint8Array, isSetAside = false): boolean {
    const destination = this.#destinations[route];
    if (!destination?.canHold(message.byteLength)) return false;
    if (!isSetAside && !destination.takesFromHost(message.byteLength)) return false;
    destination.noteTaken(HOST_PRODUCER, entryBytes(message.byteLength));
    const dropped = destination.send(route, source, message);
    this.#planLate(destination);
    return dropped === 0;
  }

  /** Makes good what a cell that is gone had set aside and had not yet used. Everything it had sent has been taken. */
  forgetCell(cell: HostedCell): void {
    for (const destination of this.#inputs) destination.forgetCell(cell);
  }

  /** What waits is dropped with the cells. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#lateTimer);
    this.#lateTimer = undefined;
  }

  #send(destination: Destination | undefined, route: number, source: MessageSource, message: Uint8Array): void {
    const dropped = destination?.send(route, source, message) ?? 1;
    if (dropped > 0) this.#countersOf(route).dropped += dropped;
    if (destination !== undefined) this.#planLate(destination);
  }

  #planLate({ hasKept }: Destination): void {
    if (hasKept && !this.#isClosed) this.#lateTimer ??= setTimeout(() => this.sendLate(), LATE_MS);
  }

  /** Hands over what waits and has room now; what has none is tried again by itself. */
  sendLate(): void {
    clearTimeout(this.#lateTimer);
    this.#lateTimer = undefined;
    let isLate = false;
    for (const destination of this.#inputs) isLate = !destination.sendKept() || isLate;
    // No input may take all the room that a cell makes, each time.
    const first = this.#inputs.shift();
    if (first !== undefined) this.#inputs.push(first);
    if (isLate && !this.#isClosed) this.#lateTimer = setTimeout(() => this.sendLate(), LATE_MS);
  }

  #countersOf(route: number): RouteCounters {
    const name = this.#options.routes[route]?.spec.name ?? '';
    const known = this.counters.get(name) ?? { matched: 0, dropped: 0 };
    this.counters.set(name, known);
    return known;
  }

  #hasLeaves(module: string, input: string): boolean {
    const { routes, hasLeaves = false } = this.#options;
    return (
      hasLeaves &&
      routes.some(({ route }) => leadsTo(route, module, input) && route.matchesSource(MESSAGE_SOURCE.device))
    );
  }

  #hasProducersElsewhere(module: string, input: string, cell: HostedCell): boolean {
    const { cells, routes } = this.#options;
    const others = cells.filter((other) => other !== cell).flatMap(({ ids }) => [...ids.keys()]);
    return routes.some(({ route }) => leadsTo(route, module, input) && others.some((id) => route.takesFromModule(id)));
  }
}

const leadsTo = ({ sink }: Route, module: string, input: string): boolean =>
  sink.kind === 'input' && sink.module === module && sink.input === input;
