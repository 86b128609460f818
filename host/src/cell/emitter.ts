import { align8, EVENT, FLAG_JSON, MESSAGE_BYTES, STATUS, type Status } from '../abi/constants.ts';
import { JSON_COSTS } from '../abi/import-costs.ts';
import { decodeProperties } from '../abi/properties.ts';
import { entryBytes } from '../bridge/crossing-input.ts';
import { TO_HOST } from '../bridge/frames.ts';
import { FRAME_HEADER_BYTES } from '../bridge/shared-ring.ts';
import { ABI_LIMITS } from '../limits.ts';
import type { ByteQueue } from './byte-queue.ts';
import { EmittedMessage } from './emitted-message.ts';
import { type CopyBuffer, copyBytes, type GuestMemory } from './guest-memory.ts';
import type { ImportContext } from './imports/context.ts';
import type { DirectWay, InputEndpoint, OutputPort, RouteEntry, Target } from './output-port.ts';

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

  constructor(context: ImportContext) {
    this.#context = context;
    this.#message = new EmittedMessage(context);
  }

  /** The import itself: called some million times a second, it has nothing in front of it. */
  readonly emit = (
    output: number,
    flags: number,
    propertiesPointer: number,
    propertiesLength: number,
    bodyPointer: number,
    bodyLength: number,
  ): Status => {
    const properties = propertiesPointer >>> 0;
    const propertiesBytes = propertiesLength >>> 0;
    const body = bodyPointer >>> 0;
    const bodyBytes = bodyLength >>> 0;
    const { slot, transaction, memory, time } = this.#context;
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
    // Not given back when the event does not commit: who emits and then refuses would have no limit at all.
    if (slot.isHostWorkUsedUp) {
      slot.counters.jsonLimit++;
      return STATUS.limit;
    }
    // The block is checked on a copy of our own only when routes read it; the guest does not run meanwhile.
    if (propertiesBytes > 0 && !this.#areProperties(memory.view(properties, propertiesBytes), flags)) {
      slot.counters.invalid++;
      return STATUS.invalid;
    }
    if (!slot.messageRate.allows(time.monotonic)) {
      slot.counters.messageRate++;
      return STATUS.limit;
    }
    const message = this.#message;
    message.port = port;
    message.flags = flags;
    message.propertiesAt = properties;
    message.propertiesBytes = propertiesBytes;
    message.bodyAt = body;
    message.bodyBytes = bodyBytes;
    return this.#route(port);
  };

  #areProperties(block: Uint8Array, flags: number): boolean {
    const properties = decodeProperties(block, flags === FLAG_JSON);
    const count = properties?.length ?? ABI_LIMITS.propertyEntries;
    this.#context.slot.hostWork += count * JSON_COSTS.property;
    return properties !== undefined;
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
    if (port.direct !== undefined) return this.#deliverDirect(port, port.direct);
    this.#message.reset();
    return this.#deliver(port, targets);
  }

  /** The way of most messages, in one step: to one input of this cell, without a condition. */
  #deliverDirect(port: OutputPort, { endpoint, entry }: DirectWay): Status {
    const { queue, slot, input } = endpoint;
    const length = this.#message.frameBytes;
    entry.matched++;
    const at = queue.reserve(length);
    if (at < 0) return this.#refuse(port, entry, queue.policy === 'wait');
    this.#context.transaction.touch(queue, slot);
    this.#writeFrame(queue, at, length, input);
    return STATUS.ok;
  }

  /** Counts a message that found no room; who may wait emits it again. */
  #refuse(port: OutputPort, entry: RouteEntry, mayWait: boolean): Status {
    const { slot, transaction } = this.#context;
    entry.dropped++;
    slot.counters.queueFull++;
    if (!mayWait) return STATUS.ok;
    transaction.emitted--;
    port.sequence--;
    return STATUS.full;
  }

  /** Writes the message into every endpoint that a route leads to, or into none if one that pauses producers is full. */
  #deliver(port: OutputPort, targets: readonly Target[]): Status {
    const length = this.#message.frameBytes;
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
      return this.#refuse(port, entry, true);
    }
    for (let i = 0; i < targets.length; i++) {
      const entry = this.#matches[i];
      const { endpoint, isRemote } = targets[i] as Target;
      if (entry === undefined || isRemote || this.#write(port, endpoint, entry, length)) continue;
      this.#refuse(port, entry, false);
    }
    if (this.#remotes.length > 0) this.#writeRemote(port, length);
    if (taken === 0) this.#context.slot.counters.unrouted++;
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
      this.#writeFrame(ring, at + FRAME_HEADER_BYTES, length, 0);
      return true;
    }
    const at = endpoint.queue.reserve(length);
    if (at < 0) return false;
    transaction.touch(endpoint.queue, endpoint.slot);
    this.#writeFrame(endpoint.queue, at, length, endpoint.input);
    return true;
  }

  /** Writes one frame for all inputs of other cells; the host hands it to each of them. */
  #writeRemote(port: OutputPort, length: number): void {
    const { slot, transaction } = this.#context;
    const ring = transaction.toHost;
    const count = this.#remotes.length;
    const at = ring.reserve(TO_HOST.message, slot.index, port.id, count, 0, length + 4 * count);
    const frame = at + FRAME_HEADER_BYTES;
    this.#writeFrame(ring, frame, length, 0);
    ring.words.set(this.#remotes, (frame + length) >> 2);
  }

  /** Writes a message frame [ABI-5.4]; delivery stamps its two times, and until then has the second one that of its sender. */
  #writeFrame(to: FrameBuffer, at: number, length: number, input: number): void {
    const { transaction, time } = this.#context;
    const memory = this.#context.memory as GuestMemory;
    const { port, flags, propertiesAt, propertiesBytes, bodyAt, bodyBytes } = this.#message;
    const { sequence } = port;
    const { words } = to;
    const word = at >> 2;
    words[word] = EVENT.message | (flags << 16) | ((transaction.hops + 1) << 24);
    words[word + 1] = length;
    words[word + 6] = input;
    words[word + 7] = port.source;
    words[word + 8] = sequence | 0;
    words[word + 9] = sequence < 2 ** 32 ? 0 : Math.floor(sequence / 2 ** 32);
    to.doubles[(at >> 3) + 2] = time.monotonic;
    to.doubles[(at >> 3) + 5] = time.now;
    words[word + 12] = propertiesBytes;
    words[word + 13] = bodyBytes;
    const toProperties = at + MESSAGE_BYTES;
    const toBody = toProperties + align8(propertiesBytes);
    if (propertiesBytes > 0) {
      clearLast8(words, toBody);
      copyBytes(memory, propertiesAt, to, toProperties, propertiesBytes);
    }
    if (bodyBytes > 0) {
      clearLast8(words, toBody + align8(bodyBytes));
      copyBytes(memory, bodyAt, to, toBody, bodyBytes);
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
