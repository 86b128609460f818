import { encodeMessage } from '../abi/frames.ts';
import type { LoadedRoute } from '../check/index.ts';
import type { RouteSink } from '../routes/index.ts';
import { sharedMonotonic } from '../time/shared-monotonic.ts';
import type { MessageOrigin } from './message-origin.ts';
import { type MessageContent, RoutedMessage } from './routed-message.ts';

/** Where a message was taken to. */
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
  /** In the order of the deployment. */
  readonly routes: readonly LoadedRoute[];
  /** Sets room aside in all inputs that let their senders wait, or in none. */
  readonly setAside: (routes: readonly number[], messageBytes: number) => boolean;
  /** Hands a message to where a route leads; false when there is no room for it. */
  readonly deliver: (way: Way, message: Uint8Array) => boolean;
}

/** One place that a message goes to. */
export interface Way {
  readonly route: number;
  readonly sink: RouteSink;
  readonly origin: MessageOrigin;
  /** Room was set aside for the message before. */
  readonly isSetAside: boolean;
}

/** A message whose routes have been evaluated. */
interface Prepared {
  readonly origin: MessageOrigin;
  readonly matched: readonly number[];
  /** The route that decides, for each place. */
  readonly ways: readonly number[];
  readonly frame: Uint8Array;
}

/** Where the number of a message is in its frame [ABI-5.4]. */
const SEQUENCE_AT = 32;

/** Sends messages of the host itself and of leaf devices into the routes, which are evaluated here because they come from no cell. */
export class Publisher {
  /** What it sent and what was dropped, by name of the route. */
  readonly counters: ReadonlyMap<string, RouteCounters>;
  readonly #options: PublisherOptions;
  /** By priority, so that the first that matches decides. */
  readonly #order: readonly number[];
  /** Number of the place that each route leads to. */
  readonly #places: readonly number[];
  /** Routes that take from a source, in their order. */
  readonly #candidates = new Map<string, readonly number[]>();
  readonly #sequences = new Map<string, number>();

  constructor(options: PublisherOptions) {
    const { routes } = options;
    this.#options = options;
    this.counters = new Map(routes.map(({ spec }) => [spec.name, { matched: 0, dropped: 0 }]));
    const priorityOf = (index: number): number => routes[index]?.spec.priority ?? 0;
    this.#order = [...routes.keys()].sort((a, b) => priorityOf(a) - priorityOf(b) || a - b);
    const sinks = routes.map(({ route }) => JSON.stringify(route.sink));
    this.#places = sinks.map((sink) => sinks.indexOf(sink));
  }

  /** Sends a message that waits for nothing: where there is no room it is dropped. */
  publish(origin: MessageOrigin, content: MessageContent): Published {
    return this.#send(this.#prepare(origin, content), false);
  }

  /**
   * Prepares a message that may have to wait for room. What is returned sends it: undefined as long as an input that lets
   * its senders wait has no room; then nothing has it.
   */
  offer(origin: MessageOrigin, content: MessageContent): () => Published | undefined {
    const prepared = this.#prepare(origin, content);
    const { setAside } = this.#options;
    return () => (setAside(prepared.ways, prepared.frame.byteLength) ? this.#send(prepared, true) : undefined);
  }

  #prepare(origin: MessageOrigin, content: MessageContent): Prepared {
    const message = new RoutedMessage(origin, content);
    const matched = this.#candidatesOf(origin.source).filter(
      (index) => (this.#options.routes[index] as LoadedRoute).route.evaluate(message) === true,
    );
    const places = matched.map((index) => this.#places[index]);
    const ways = matched.filter((_, at) => places.indexOf(places[at]) === at);
    // Delivery stamps input, source and the times of the event; until then the monotonic one is that of the sender.
    const event = {
      time: 0,
      monotonic: sharedMonotonic(),
      hops: 1,
      input: 0,
      source: 0,
      emitted: Date.now(),
      sequence: 0,
    };
    return { origin, matched, ways, frame: encodeMessage({ ...event, ...content }) };
  }

  #send({ origin, matched, ways, frame }: Prepared, isSetAside: boolean): Published {
    const { routes, deliver } = this.#options;
    const sequence = (this.#sequences.get(origin.counter) ?? 0) + 1;
    this.#sequences.set(origin.counter, sequence);
    new DataView(frame.buffer).setBigUint64(SEQUENCE_AT, BigInt(sequence), true);
    for (const index of matched) this.#countersOf(index).matched++;
    let dropped = 0;
    for (const route of ways) {
      const { sink } = (routes[route] as LoadedRoute).route;
      if (deliver({ route, sink, origin, isSetAside }, frame)) continue;
      this.#countersOf(route).dropped++;
      dropped++;
    }
    return { delivered: ways.length - dropped, dropped };
  }

  #candidatesOf(source: string): readonly number[] {
    const known = this.#candidates.get(source);
    if (known !== undefined) return known;
    const { routes } = this.#options;
    const candidates = this.#order.filter((index) => (routes[index] as LoadedRoute).route.matchesSource(source));
    this.#candidates.set(source, candidates);
    return candidates;
  }

  #countersOf(route: number): RouteCounters {
    return this.counters.get((this.#options.routes[route] as LoadedRoute).spec.name) as RouteCounters;
  }
}
