import type { SharedRing } from '../bridge/shared-ring.ts';
import type { ByteQueue } from './byte-queue.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { OutputPort } from './output-port.ts';
import type { SharedRoom } from './shared-room.ts';

/**
 * The effects of the event that is being handled [ABI-3.1]. There is one for a whole cell, because a cell handles one
 * event at a time. Effects are written straight to where they belong - queues, the ring to the host, the module's
 * state - but stay invisible until `commit`.
 */
export class Transaction {
  /** The module that handles the event; undefined between events. */
  slot: ModuleSlot | undefined;
  /** Hops of the message at hand, 0 for any other event. */
  hops = 0;
  /** Source of the message at hand, -1 for any other event. */
  source = -1;
  /** Emitted messages. */
  emitted = 0;
  /** Device requests made. */
  requests = 0;
  readonly toHost: SharedRing;
  readonly #onInput: (slot: ModuleSlot) => void;
  // Lists with counts of their own: emptying an array costs more than everything else here.
  readonly #queues: ByteQueue[] = [];
  readonly #consumers: ModuleSlot[] = [];
  #queueCount = 0;
  readonly #ports: OutputPort[] = [];
  #portCount = 0;
  readonly #rooms: SharedRoom[] = [];
  #roomCount = 0;
  readonly #responded = new Set<number>();
  /** Requests that are answered more than once, and those of them of which every answer matters. */
  readonly #subscribed: number[] = [];
  readonly #streams: number[] = [];

  /** @param onInput told of each module that has a new message, after the commit */
  constructor(toHost: SharedRing, onInput: (slot: ModuleSlot) => void) {
    this.toHost = toHost;
    this.#onInput = onInput;
  }

  begin(slot: ModuleSlot, hops: number, source: number): void {
    this.slot = slot;
    this.hops = hops;
    this.source = source;
  }

  /** Notes that `queue` has reservations for `consumer`. */
  touch(queue: ByteQueue, consumer: ModuleSlot): void {
    for (let i = 0; i < this.#queueCount; i++) if (this.#queues[i] === queue) return;
    this.#queues[this.#queueCount] = queue;
    this.#consumers[this.#queueCount++] = consumer;
  }

  touchPort(port: OutputPort): void {
    if (port.isTouched) return;
    port.isTouched = true;
    this.#ports[this.#portCount++] = port;
  }

  touchRoom(room: SharedRoom): void {
    if (room.isTouched) return;
    room.isTouched = true;
    this.#rooms[this.#roomCount++] = room;
  }

  /** Notes that a direct method call was answered; it stays pending if the event does not commit. */
  responded(call: number): void {
    this.#responded.add(call);
  }

  /** Notes that a request made is answered more than once, if the event commits. */
  subscribed(request: number, isStream: boolean): void {
    this.#subscribed.push(request);
    if (isStream) this.#streams.push(request);
  }

  hasResponded(call: number): boolean {
    return this.#responded.has(call);
  }

  /** Makes all effects visible at once. Returns whether the host has something to do. */
  commit(): boolean {
    const slot = this.slot as ModuleSlot;
    for (let i = 0; i < this.#queueCount; i++) {
      (this.#queues[i] as ByteQueue).commit();
      this.#onInput(this.#consumers[i] as ModuleSlot);
    }
    for (let i = 0; i < this.#portCount; i++) {
      const port = this.#ports[i] as OutputPort;
      port.committedSequence = port.sequence;
      port.isTouched = false;
    }
    for (let i = 0; i < this.#roomCount; i++) (this.#rooms[i] as SharedRoom).commit();
    if (this.#responded.size > 0) for (const call of this.#responded) slot.calls.delete(call);
    if (this.#subscribed.length > 0) for (const request of this.#subscribed) slot.subscriptions.add(request);
    if (this.#streams.length > 0) for (const request of this.#streams) slot.streams.add(request);
    slot.counters.emitted += this.emitted;
    slot.timers.commit();
    slot.state?.commit();
    slot.reported.commit();
    const hasFrames = this.toHost.hasPending;
    if (hasFrames) this.toHost.commit();
    this.#end();
    return hasFrames;
  }

  /** Takes all effects back; there are none if the guest trapped before its event began. */
  rollback(): void {
    const { slot } = this;
    if (slot === undefined) return;
    for (let i = 0; i < this.#queueCount; i++) (this.#queues[i] as ByteQueue).rollback();
    for (let i = 0; i < this.#portCount; i++) {
      const port = this.#ports[i] as OutputPort;
      port.sequence = port.committedSequence;
      port.isTouched = false;
    }
    for (let i = 0; i < this.#roomCount; i++) (this.#rooms[i] as SharedRoom).rollback();
    slot.pendingRequests -= this.requests;
    slot.timers.rollback();
    slot.state?.rollback();
    slot.reported.rollback();
    this.toHost.rollback();
    this.#end();
  }

  #end(): void {
    this.slot = undefined;
    this.source = -1;
    this.emitted = 0;
    this.requests = 0;
    this.#queueCount = 0;
    this.#portCount = 0;
    this.#roomCount = 0;
    if (this.#responded.size > 0) this.#responded.clear();
    if (this.#subscribed.length > 0) this.#subscribed.length = 0;
    if (this.#streams.length > 0) this.#streams.length = 0;
  }
}
