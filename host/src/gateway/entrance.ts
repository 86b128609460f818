import type { Property } from '../abi/properties.ts';
import type { Loaded } from '../check/index.ts';
import type { LeafMessage, SendMessage } from '../drivers/leaf-message.ts';
import type { Uplink } from '../uplink/index.ts';
import type { Crossings } from './crossings.ts';
import { isJson } from './is-json.ts';
import { type MessageOrigin, originOfHost, originOfLeaf } from './message-origin.ts';
import type { MessageSources } from './message-sources.ts';
import { type Published, Publisher, type RouteCounters, type Way } from './publisher.ts';
import { toUpstreamMessage, upstreamContext } from './upstream-record.ts';

export interface EntranceOptions {
  readonly loaded: Loaded;
  readonly sources: MessageSources;
  /** The boot epoch: part of every message id. */
  readonly epoch: string;
  readonly crossings: () => Crossings;
  readonly uplink: () => Uplink | undefined;
}

/** Where messages enter the routes that come from no module: those of the host itself, and those of leaf devices. */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #publisher: Publisher;
  readonly #origins = new Map<string, MessageOrigin>();
  #takesLeaves = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
    this.#publisher = new Publisher({
      routes: options.loaded.routes,
      setAside: (routes, bytes) => this.#takesLeaves && options.crossings().setAside(routes, bytes),
      deliver: (way, message) => this.#deliver(way, message),
    });
  }

  /** What was sent and what was dropped, by name of the route. */
  get counters(): ReadonlyMap<string, RouteCounters> {
    return this.#publisher.counters;
  }

  /** There are modules now for what leaf devices send; before, that waits. */
  open(): void {
    this.#takesLeaves = true;
  }

  /** Leaf devices wait from now on. */
  close(): void {
    this.#takesLeaves = false;
  }

  /** Sends a message of the host itself, whose body is JSON. It waits for nothing. */
  publish(output: string, body: Uint8Array, properties: readonly Property[]): Published {
    const { deviceId } = this.#options.loaded.gateway;
    const origin = this.#origin(`host/${output}`, () => originOfHost(deviceId, output));
    return this.#publisher.publish(origin, { properties, body, isJson: true });
  }

  /** Prepares a message of a leaf device for its routes. */
  offer({ leaf, properties, body }: LeafMessage): SendMessage {
    const origin = this.#origin(`leaf/${leaf}`, () => originOfLeaf(leaf));
    const send = this.#publisher.offer(origin, { properties, body, isJson: isJson(body) });
    return () => send() !== undefined;
  }

  /** Takes a message to where a route leads. */
  #deliver({ route, sink, origin, isSetAside }: Way, message: Uint8Array): boolean {
    const { loaded, sources, epoch, crossings, uplink } = this.#options;
    if (sink.kind === 'input') return crossings().publish(route, sources.named(origin.name), message, isSetAside);
    const context = upstreamContext(loaded, route, origin.counter, epoch);
    const { output: _, ...rest } = toUpstreamMessage(message, context, origin.leaf);
    const hub = uplink();
    // The device speaks for the host and for its leaves: not every hub has identities for them.
    hub?.send({ deviceId: loaded.gateway.deviceId }, rest);
    return hub !== undefined;
  }

  #origin(key: string, make: () => MessageOrigin): MessageOrigin {
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    const origin = make();
    this.#origins.set(key, origin);
    return origin;
  }
}
