import { encodeMessage } from '../abi/frames.ts';
import type { Property } from '../abi/properties.ts';
import type { LoadedRoute } from '../check/index.ts';
import { HOST_MODULE, MESSAGE_SOURCE, type RouteSink } from '../routes/index.ts';
import { HostMessage } from './host-message.ts';

/** Where a message of the host was taken to. */
export interface Published {
  /** Inputs, and `$upstream`, that routes led to and that had room. */
  readonly delivered: number;
  /** Those that had none. */
  readonly dropped: number;
}

export interface RouteCounters {
  matched: number;
  dropped: number;
}

export interface PublisherOptions {
  readonly deviceId: string;
  /** In the order of the deployment. */
  readonly routes: readonly LoadedRoute[];
  /** Hands a message to where a route leads; false when there is no room for it. */
  readonly deliver: (route: number, sink: RouteSink, output: string, message: Uint8Array) => boolean;
}

/** Sends messages of the host itself into the routes, which are evaluated here because they come from no cell. */
export class Publisher {
  /** What it sent and what was dropped, by name of the route. */
  readonly counters: ReadonlyMap<string, RouteCounters>;
  readonly #options: PublisherOptions;
  /** By priority, so that the first that matches decides. */
  readonly #order: readonly number[];
  readonly #sequences = new Map<string, number>();

  constructor(options: PublisherOptions) {
    const { routes } = options;
    this.#options = options;
    this.counters = new Map(routes.map(({ spec }) => [spec.name, { matched: 0, dropped: 0 }]));
    const priorityOf = (index: number): number => routes[index]?.spec.priority ?? 0;
    this.#order = [...routes.keys()].sort((a, b) => priorityOf(a) - priorityOf(b) || a - b);
  }

  /** Sends a message from `/messages/modules/$edgeAgent/outputs/OUTPUT`. The body is JSON in UTF-8. Nothing waits for room. */
  publish(output: string, body: Uint8Array, properties: readonly Property[]): Published {
    const { deviceId, routes, deliver } = this.#options;
    const source = MESSAGE_SOURCE.module(HOST_MODULE, output);
    const message = new HostMessage({ deviceId, output, properties, body });
    const ways = new Map<string, number>();
    for (const index of this.#order) {
      const { route } = routes[index] as LoadedRoute;
      if (!route.matchesSource(source) || route.evaluate(message) !== true) continue;
      this.#countersOf(index).matched++;
      const way = JSON.stringify(route.sink);
      if (!ways.has(way)) ways.set(way, index);
    }
    const frame = this.#encode(output, body, properties);
    let dropped = 0;
    for (const index of ways.values()) {
      if (deliver(index, (routes[index] as LoadedRoute).route.sink, output, frame)) continue;
      this.#countersOf(index).dropped++;
      dropped++;
    }
    return { delivered: ways.size - dropped, dropped };
  }

  #countersOf(route: number): RouteCounters {
    return this.counters.get((this.#options.routes[route] as LoadedRoute).spec.name) as RouteCounters;
  }

  #encode(output: string, body: Uint8Array, properties: readonly Property[]): Uint8Array {
    const sequence = (this.#sequences.get(output) ?? 0) + 1;
    this.#sequences.set(output, sequence);
    // Delivery stamps input, source and the time of the event.
    const event = { time: 0, monotonic: 0, hops: 1, input: 0, source: 0, emitted: Date.now(), isJson: true };
    return encodeMessage({ ...event, sequence, properties, body });
  }
}
