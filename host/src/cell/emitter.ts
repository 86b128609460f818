import { align8, EVENT, FLAG_JSON, MESSAGE_BYTES, STATUS, type Status } from '../abi/constants.ts';
import { decodeProperties } from '../abi/properties.ts';
import { entryBytes } from '../bridge/crossing-input.ts';
import { TO_HOST } from '../bridge/frames.ts';
import { FRAME_HEADER_BYTES } from '../bridge/shared-ring.ts';
import { ABI_LIMITS } from '../limits.ts';
import type { ByteQueue } from './byte-queue.ts';
import { EmittedMessage } from './emitted-message.ts';
import { type CopyBuffer, copyBytes, type GuestMemory } from './guest-memory.ts';
import type { ImportContext } from './imports/context.ts';
import type { InputEndpoint, OutputPort, RouteEntry, Target } from './output-port.ts';

/** A buffer in which a message frame is written: the queue of an input, or the ring to the host. */
interface FrameBuffer extends CopyBuffer {
  readonly doubles: Float64Array;
}

/**
 * `message.emit` [ABI-4.3]: evaluates the routes of an output and writes the message, in the form in which it will be
 * delivered, straight into each queue it goes to. With the copy into the receiver that makes two copies of a body.
 */
export class Emitter {
  readonly #context: ImportContext;
  readonly #message: EmittedMessage;
  readonly #matches: (RouteEntry | undefined)[] = [];
  /** Routes to other cells that take the message at hand. */
  readonly #remotes: number[] = [];
  /** What the message at hand needs of the ring to the host. */
  #outsideBytes = 0;
  #memory!: GuestMemory;
  #flags = 0;
  #properties = 0;
  #propertiesBytes = 0;
  #body = 0;
  #bodyBytes = 0;

  constructor(context: ImportContext) {
    this.#context = context;
    this.#message = new EmittedMessage(context.slot);
  }

  /** All parameters as unsigned numbers, except `flags` and `output`, which are compared as they are. */
  emit(
    output: number,
    flags: number,
    properties: number,
    propertiesBytes: number,
    body: number,
    bodyBytes: number,
  ): Status {
    const { slot, transaction, memory } = this.#context;
    if (transaction.slot !== slot || memory === undefined) return STATUS.unavailable;
    slot.counters.hostCalls++;
    memory.refresh();
    const port = slot.outputs[output];
    if (
      port === undefined ||
      (flags & ~FLAG_JSON) !== 0 ||
      !memory.contains(properties, propertiesBytes) ||
      !memory.contains(body, bodyBytes)
    ) {
      slot.counters.invalid++;
      return STATUS.invalid;
    }
    if (propertiesBytes + bodyBytes > slot.spec.limits.messageBytes) {
      slot.counters.messageLimit++;
      return STATUS.limit;
    }
    // The block is checked on a copy of our own only when routes read it; the guest does not run meanwhile.
    if (
      propertiesBytes > 0 &&
      decodeProperties(memory.view(properties, propertiesBytes), flags === FLAG_JSON) === undefined
    ) {
      slot.counters.invalid++;
      return STATUS.invalid;
    }
    // Not given back when the event does not commit: who emits and then refuses would have no limit at all.
    if (slot.isHostWorkUsedUp) {
      slot.counters.jsonLimit++;
      return STATUS.limit;
    }
    if (!slot.messageRate.allows(this.#context.monotonic())) {
      slot.counters.messageRate++;
      return STATUS.limit;
    }
    this.#memory = memory;
    this.#flags = flags;
    this.#properties = properties;
    this.#propertiesBytes = propertiesBytes;
    this.#body = body;
    this.#bodyBytes = bodyBytes;
    return this.#route(port);
  }

  #route(port: OutputPort): Status {
    const { slot, transaction } = this.#context;
    if (transaction.hops >= ABI_LIMITS.hops) {
      slot.counters.hopsExceeded++;
      return STATUS.ok;
    }
    const { targets } = port;
    transaction.touchPort(port);
    port.sequence++;
    transaction.emitted++;
    if (targets.length === 0) {
      slot.counters.unrouted++;
      return STATUS.ok;
    }
    this.#message.reset(
      this.#memory,
      port,
      this.#flags,
      this.#properties,
      this.#propertiesBytes,
      this.#body,
      this.#bodyBytes,
    );
    return this.#deliver(port, targets);
  }

  /** Writes the message into every endpoint that a route leads to, or into none if one that pauses producers is full. */
  #deliver(port: OutputPort, targets: readonly Target[]): Status {
    const { transaction } = this.#context;
    const { counters } = this.#context.slot;
    const length = MESSAGE_BYTES + align8(this.#propertiesBytes) + align8(this.#bodyBytes);
    let taken = 0;
    if (this.#remotes.length > 0) this.#remotes.length = 0;
    this.#outsideBytes = 0;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as Target;
      const entry = this.#firstMatch(target.entries);
      this.#matches[i] = entry;
      if (entry === undefined) continue;
      taken++;
      if (this.#hasRoom(target, entry, length)) continue;
      this.#giveBack(targets, i, length);
      entry.dropped++;
      counters.queueFull++;
      transaction.emitted--;
      port.sequence--;
      return STATUS.full;
    }
    for (let i = 0; i < targets.length; i++) {
      const entry = this.#matches[i];
      const { endpoint, isRemote } = targets[i] as Target;
      if (entry === undefined || isRemote || this.#write(port, endpoint, entry, length)) continue;
      entry.dropped++;
      counters.queueFull++;
    }
    if (this.#remotes.length > 0) this.#writeRemote(port, length);
    if (taken === 0) counters.unrouted++;
    return STATUS.ok;
  }

  /** Whether a message finds room where a route leads, which is set aside if producers of other cells want it too. */
  #hasRoom({ endpoint, isRemote, room }: Target, entry: RouteEntry, length: number): boolean {
    if (isRemote) this.#remotes.push(entry.index);
    if (endpoint === undefined && !this.#hasRoomOutside(length, isRemote)) return false;
    if (room === undefined) return endpoint === undefined || hasRoom(endpoint.queue, length);
    this.#context.transaction.touchRoom(room);
    return room.reserve(entryBytes(length));
  }

  /** Whether the ring takes one more frame; not before the host knows of the output that it comes from. */
  #hasRoomOutside(length: number, isRemote: boolean): boolean {
    const { transaction, notices } = this.#context;
    const isFirst = !isRemote || this.#remotes.length === 1;
    this.#outsideBytes += (isFirst ? FRAME_HEADER_BYTES + length : 0) + (isRemote ? 8 : 0);
    return !notices.isBehind && this.#outsideBytes <= transaction.toHost.freeBytes;
  }

  /** Gives back what was set aside on the ways before the one at `end`, which had no room. */
  #giveBack(targets: readonly Target[], end: number, length: number): void {
    for (let i = 0; i < end; i++) if (this.#matches[i] !== undefined) targets[i]?.room?.giveBack(entryBytes(length));
  }

  /** The first route that matches; every one that does counts, one delivers. */
  #firstMatch(entries: readonly RouteEntry[]): RouteEntry | undefined {
    let first: RouteEntry | undefined;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as RouteEntry;
      if (entry.route.condition && entry.route.evaluate(this.#message) !== true) continue;
      entry.matched++;
      first ??= entry;
    }
    return first;
  }

  #write(port: OutputPort, endpoint: InputEndpoint | undefined, entry: RouteEntry, length: number): boolean {
    const { slot, transaction } = this.#context;
    if (endpoint === undefined) {
      const ring = transaction.toHost;
      const at = ring.reserve(TO_HOST.upstream, slot.index, entry.index, port.id, 0, length);
      if (at < 0) return false;
      this.#writeFrame(ring, at + FRAME_HEADER_BYTES, length, port, 0);
      return true;
    }
    const at = endpoint.queue.reserve(length);
    if (at < 0) return false;
    transaction.touch(endpoint.queue, endpoint.slot);
    this.#writeFrame(endpoint.queue, at, length, port, endpoint.input);
    return true;
  }

  /** Writes one frame for all inputs of other cells; the host hands it to each of them. */
  #writeRemote(port: OutputPort, length: number): void {
    const { slot, transaction } = this.#context;
    const ring = transaction.toHost;
    const count = this.#remotes.length;
    const at = ring.reserve(TO_HOST.message, slot.index, port.id, count, 0, length + 4 * count);
    const frame = at + FRAME_HEADER_BYTES;
    this.#writeFrame(ring, frame, length, port, 0);
    ring.words.set(this.#remotes, (frame + length) >> 2);
  }

  /** Writes a message frame [ABI-5.4]; delivery stamps its two times. */
  #writeFrame(to: FrameBuffer, at: number, length: number, port: OutputPort, input: number): void {
    const { words, doubles } = to;
    const word = at >> 2;
    words[word] = EVENT.message | (this.#flags << 16) | ((this.#context.transaction.hops + 1) << 24);
    words[word + 1] = length;
    words[word + 6] = input;
    words[word + 7] = port.source;
    words[word + 8] = port.sequence | 0;
    words[word + 9] = Math.floor(port.sequence / 0x1_0000_0000);
    doubles[(at >> 3) + 5] = this.#context.time();
    words[word + 12] = this.#propertiesBytes;
    words[word + 13] = this.#bodyBytes;
    const propertiesAt = at + MESSAGE_BYTES;
    const bodyAt = propertiesAt + align8(this.#propertiesBytes);
    if (this.#propertiesBytes > 0) {
      clearLast8(words, bodyAt);
      copyBytes(this.#memory, this.#properties, to, propertiesAt, this.#propertiesBytes);
    }
    if (this.#bodyBytes > 0) {
      clearLast8(words, bodyAt + align8(this.#bodyBytes));
      copyBytes(this.#memory, this.#body, to, bodyAt, this.#bodyBytes);
    }
  }
}

/** Whether a queue takes a message, or does something else with it than to pause whoever sends. */
function hasRoom(queue: ByteQueue, length: number): boolean {
  return queue.policy !== 'wait' || queue.hasRoomFor(length);
}

/** Zeroes the eight bytes before `end`, so that padding never carries what the buffer held before. */
function clearLast8(words: Int32Array, end: number): void {
  words[(end >> 2) - 2] = 0;
  words[(end >> 2) - 1] = 0;
}
