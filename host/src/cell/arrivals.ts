import { entryBytes } from '../bridge/crossing-input.ts';
import { INBOUND } from '../bridge/frames.ts';
import { FRAME_HEADER_BYTES, type SharedRing } from '../bridge/shared-ring.ts';
import type { InputEndpoint, RouteEntry } from './output-port.ts';
import type { Outputs } from './outputs.ts';
import type { Router } from './router.ts';
import type { Scheduler } from './scheduler.ts';

export interface ArrivalsOptions {
  readonly ring: SharedRing;
  readonly router: Router;
  readonly outputs: Outputs;
  readonly scheduler: Scheduler;
  /** Does what the host has asked for before. */
  readonly takeControl: () => void;
}

interface Arrival {
  readonly entry: RouteEntry;
  readonly endpoint: InputEndpoint;
}

/** Messages that come from outside the cell: from modules of other cells and from the host. Their routes were evaluated there. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  /** By route; undefined for a route that leads to no input of this cell. */
  readonly #ways = new Map<number, Arrival | undefined>();
  /** Sources of this cell by their number outside. */
  readonly #sources = new Map<number, number>();

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#options.ring.isEmpty;
  }

  /** Routes or modules have changed. */
  forgetRoutes(): void {
    this.#ways.clear();
  }

  /** Puts the messages that wait into the queues of their inputs, as long as `goOn` says so. */
  take(goOn: () => boolean): void {
    const { ring } = this.#options;
    for (let at = ring.take(); at >= 0; at = ring.take()) {
      this.#takeFrame(ring, at);
      ring.release();
      if (!goOn()) return;
    }
  }

  #takeFrame(ring: SharedRing, at: number): void {
    const word = at >> 2;
    const type = (ring.words[word + 1] as number) & 0xffff;
    const a = ring.words[word + 2] as number;
    if (type === INBOUND.source) this.#sources.set(a, this.#options.outputs.addSource(ring.payload(at).slice()));
    else if (type === INBOUND.message) this.#takeMessage(ring, at, a, ring.words[word + 3] as number);
  }

  #takeMessage(ring: SharedRing, at: number, route: number, source: number): void {
    const way = this.#wayOf(route);
    if (way === undefined) return;
    const { queue, slot, input } = way.endpoint;
    const length = ring.words[(at >> 2) + 4] as number;
    const record = queue.reserve(length);
    if (record < 0) {
      way.entry.dropped++;
      queue.consumer?.consume(entryBytes(length));
      return;
    }
    const start = at + FRAME_HEADER_BYTES;
    queue.bytes.set(ring.bytes.subarray(start, start + length), record);
    queue.words[(record >> 2) + 6] = input;
    queue.words[(record >> 2) + 7] = this.#sources.get(source) ?? -1;
    queue.commit();
    this.#options.scheduler.markReady(slot);
  }

  #wayOf(route: number): Arrival | undefined {
    if (this.#ways.has(route)) return this.#ways.get(route);
    const { router, takeControl } = this.#options;
    let way = router.arrivalOf(route);
    if (way === undefined) {
      takeControl();
      way = router.arrivalOf(route);
    }
    this.#ways.set(route, way);
    return way;
  }
}
