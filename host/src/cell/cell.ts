import { STATUS } from '../abi/constants.ts';
import { encodeAnswer, encodeDesired, encodeMethod, encodeStart, encodeStop, encodeTimer } from '../abi/frames.ts';
import { TO_CELL, TO_HOST } from '../bridge/frames.ts';
import type { SharedRing } from '../bridge/shared-ring.ts';
import { ABI_LIMITS } from '../limits.ts';
import { ByteQueue } from './byte-queue.ts';
import type { CellClock } from './clock.ts';
import { describeFailure, type Failure } from './failure.ts';
import { createGuards } from './guards.ts';
import type { ImportContext } from './imports/index.ts';
import { Instance } from './instance.ts';
import { type CellModuleSpec, ModuleSlot } from './module-slot.ts';
import { Notices } from './notices.ts';
import { OutputPort } from './output-port.ts';
import { type CellRoute, Router } from './router.ts';
import { type CellStatus, statusOf } from './status.ts';
import { Transaction } from './transaction.ts';

/** Events a module may handle before its neighbours have their turn. */
const BATCH_EVENTS = 64;
/** How long a turn may last before the thread goes back to its event loop. */
const TURN_MS = 2;
/** How soon modules that wait for the host to empty its ring are looked at again. */
const HOST_FULL_MS = 1;
/** Stands for a status of the guest when it has no memory for a frame: the event counts as refused [ABI-2.3]. */
const NO_ROOM = 1;
const DEAD_LETTER_BYTES = 262_144;

/** Why the stop event comes [ABI-5.9]. */
export type StopReason = 'shutdown' | 'replaced' | 'removed';
const STOP_REASONS: Readonly<Record<StopReason, number>> = { shutdown: 1, replaced: 2, removed: 3 };

export interface CellOptions {
  /** Effects of events, published together when an event commits. */
  readonly toHost: SharedRing;
  /** Log lines and states, published at once. */
  readonly notices: SharedRing;
  readonly fromHost: SharedRing;
  readonly clock: CellClock;
  /** Called when something new is in a ring to the host. */
  readonly wakeHost: () => void;
}

/**
 * Holds module instances and the routes between them, and gives each its turn. It touches nothing but memory: what
 * comes from outside arrives as bytes in `fromHost`, what goes outside leaves as bytes.
 */
export class Cell {
  /** Messages whose module trapped on them twice; the oldest make room. */
  readonly deadLetters = new ByteQueue(DEAD_LETTER_BYTES, 'drop-oldest');
  readonly #options: CellOptions;
  readonly #slots = new Map<string, ModuleSlot>();
  readonly #byIndex: (ModuleSlot | undefined)[] = [];
  readonly #router = new Router(this.#slots);
  readonly #transaction: Transaction;
  readonly #notices: Notices;
  readonly #sources: Uint8Array[] = [];
  #ready: ModuleSlot[] = [];
  #nextReady: ModuleSlot[] = [];
  readonly #waitForHost = new Set<ModuleSlot>();
  /** Answers to method calls that found no room in the ring to the host. */
  readonly #owed: { readonly slot: ModuleSlot; readonly call: number; readonly status: number }[] = [];
  #nextDue = Number.POSITIVE_INFINITY;
  #time = 0;
  #monotonic = 0;

  constructor(options: CellOptions) {
    this.#options = options;
    this.#transaction = new Transaction(options.toHost, (slot) => this.#markReady(slot));
    this.#notices = new Notices(options.notices, options.toHost, options.wakeHost);
    this.#readClock();
  }

  /** Adds a module; it starts with `start`. */
  install(spec: CellModuleSpec): void {
    const slot = new ModuleSlot(spec);
    for (const [driver, guard] of createGuards(spec)) slot.guards.set(driver, guard);
    this.#slots.set(spec.id, slot);
    this.#byIndex[spec.slot] = slot;
    this.#connectAll();
  }

  /** Replaces all routes; messages that wait in queues stay there. */
  setRoutes(routes: readonly CellRoute[]): void {
    this.#router.setRoutes(routes);
    this.#connectAll();
  }

  start(index: number): void {
    const slot = this.#byIndex[index];
    if (slot === undefined || slot.status === 'running') return;
    slot.retryAt = Number.POSITIVE_INFINITY;
    this.#readClock();
    this.#start(slot, 0);
  }

  /** Lets a module handle its stop event, then discards its instance. Messages for it wait. */
  stop(index: number, reason: StopReason): void {
    const slot = this.#byIndex[index];
    if (slot === undefined || slot.status === 'stopped') return;
    this.#readClock();
    if (slot.instance !== undefined) this.#deliver(slot, encodeStop({ ...this.#at(), reason: STOP_REASONS[reason] }));
    this.#discardInstance(slot);
    slot.status = 'stopped';
    slot.retryAt = Number.POSITIVE_INFINITY;
    this.#notices.state(slot, undefined);
  }

  /** Removes a stopped module with everything that waits for it. */
  remove(index: number): void {
    const slot = this.#byIndex[index];
    if (slot === undefined) return;
    this.#slots.delete(slot.id);
    this.#byIndex[index] = undefined;
    this.#connectAll();
  }

  /** Works out all ways of messages afresh; who waited for room on a way that is gone goes on. */
  #connectAll(): void {
    this.#router.connectAll();
    for (const slot of this.#slots.values()) if (slot.isParked && !this.#park(slot)) this.#unpark(slot);
  }

  status(): CellStatus {
    return statusOf([...this.#slots.values()], this.#router.entries);
  }

  /**
   * Does what there is to do, for 2 ms at most.
   * @returns milliseconds until there is more to do if nothing arrives: 0 for now, infinity for never
   */
  turn(): number {
    this.#readClock();
    const deadline = this.#options.clock.monotonic() + TURN_MS;
    // Effects must not overtake what the host has to know of the modules that they come from.
    if (!this.#notices.retry()) return HOST_FULL_MS;
    while (this.#owed.length > 0 && this.#tryRespond(this.#owed[0]!)) this.#owed.shift();
    if (this.#waitForHost.size > 0) this.#wakeUpstreamProducers();
    this.#takeFromHost(deadline);
    if (this.#monotonic >= this.#nextDue) this.#runTimers();
    while (this.#ready.length > 0) {
      const batch = this.#ready;
      this.#ready = this.#nextReady;
      this.#nextReady = batch;
      for (const slot of batch) {
        slot.isReady = false;
        this.#run(slot);
      }
      batch.length = 0;
      if (this.#options.clock.monotonic() >= deadline) break;
    }
    if (this.#ready.length > 0 || this.#options.fromHost.take() >= 0) return 0;
    const idleMs = Math.max(0, this.#nextDue - this.#options.clock.monotonic());
    return this.#waitForHost.size + this.#owed.length > 0 ? Math.min(idleMs, HOST_FULL_MS) : idleMs;
  }

  /** Gives a module its turn: events that wait, one after the other, until its batch is used up. */
  #run(slot: ModuleSlot): void {
    this.#readClock();
    for (let left = BATCH_EVENTS; left > 0 && slot.instance !== undefined; left--) {
      if (this.#park(slot)) break;
      if (slot.hasMail) this.#deliverMail(slot);
      else if (slot.isDesiredDue) this.#deliverDesired(slot);
      else if (!this.#deliverNextMessage(slot)) break;
    }
    if (slot.waitProducers.length > 0) this.#wakeProducers(slot);
    if (slot.instance !== undefined && !slot.isParked && slot.hasWork) this.#markReady(slot);
  }

  /** Takes the next message of the module's inputs in turn; false when none waits. */
  #deliverNextMessage(slot: ModuleSlot): boolean {
    const { inputs } = slot;
    for (let tried = 0; tried < inputs.length; tried++) {
      const index = slot.nextInput < inputs.length ? slot.nextInput : 0;
      slot.nextInput = index + 1;
      const queue = inputs[index]?.queue;
      if (queue === undefined || queue.count === 0) continue;
      this.#deliverMessage(slot, queue);
      return true;
    }
    return false;
  }

  #deliverMessage(slot: ModuleSlot, queue: ByteQueue): void {
    const at = queue.take();
    const word = at >> 2;
    const length = queue.words[word + 1] as number;
    const source = queue.words[word + 7] as number;
    const transaction = this.#transaction;
    const instance = slot.instance as Instance;
    let status = NO_ROOM;
    try {
      const hasRoom = instance.makeRoom(length);
      transaction.begin(slot, (queue.words[word] as number) >>> 24, source);
      transaction.sourceText = this.#sources[source];
      if (hasRoom) status = instance.deliverMessage(queue, at, length, this.#time, this.#monotonic);
    } catch (error) {
      transaction.rollback();
      this.#keepOrBury(slot, queue, at, length);
      this.#fail(slot, describeFailure(error, slot));
      return;
    }
    this.#settle(slot, status);
    queue.release();
  }

  /** A message whose module trapped is delivered once more, and buried after the second time [ABI-3.2]. */
  #keepOrBury(slot: ModuleSlot, queue: ByteQueue, at: number, length: number): void {
    if (queue.tagOf(at) === 0) {
      queue.setTag(at, 1);
      queue.putBack();
      return;
    }
    const grave = this.deadLetters.reserve(length, slot.index);
    if (grave >= 0) this.deadLetters.bytes.set(queue.bytes.subarray(at, at + length), grave);
    this.deadLetters.commit();
    queue.release();
    slot.counters.deadLettered++;
    this.#notices.event(slot, 'MODULE_TRAPPED', 'a message on which the module trapped twice went to the dead letters');
  }

  /** Commits or takes back the event at hand; returns whether it committed. */
  #settle(slot: ModuleSlot, status: number): boolean {
    slot.counters.events++;
    slot.abortWords = undefined;
    if (slot.timers.nextDue < this.#nextDue) this.#nextDue = slot.timers.nextDue;
    if (status === 0) {
      if (this.#transaction.commit()) this.#options.wakeHost();
      return true;
    }
    this.#transaction.rollback();
    slot.counters.refused++;
    return false;
  }

  /** Delivers a frame that does not come from a queue; returns whether its event committed. */
  #deliver(slot: ModuleSlot, frame: Uint8Array): boolean {
    const instance = slot.instance as Instance;
    let status = NO_ROOM;
    try {
      const hasRoom = instance.makeRoom(frame.byteLength);
      this.#transaction.begin(slot, 0, -1);
      if (hasRoom) status = instance.deliver(frame);
    } catch (error) {
      this.#transaction.rollback();
      this.#fail(slot, describeFailure(error, slot));
      return false;
    }
    return this.#settle(slot, status);
  }

  #runTimers(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots.values()) {
      // The host hears of the failure first, so that it takes what the next instance does for that of the next one.
      if (slot.retryAt <= this.#monotonic && !this.#notices.isBehind) {
        slot.retryAt = Number.POSITIVE_INFINITY;
        slot.restarts++;
        this.#start(slot, 1);
      }
      this.#fireTimers(slot);
      next = Math.min(next, slot.retryAt, slot.isParked ? Number.POSITIVE_INFINITY : slot.timers.nextDue);
    }
    this.#nextDue = next;
  }

  #fireTimers(slot: ModuleSlot): void {
    for (let left = slot.timers.capacity; left > 0 && slot.instance !== undefined && !this.#park(slot); left--) {
      const due = slot.timers.takeDue(this.#monotonic);
      if (due === undefined) return;
      this.#deliver(slot, encodeTimer({ ...this.#at(), ...due }));
    }
  }

  /** Whether the module must not be scheduled because an input that it sends to, or the way to the host, is full. */
  #park(slot: ModuleSlot): boolean {
    const isHostFull = slot.sendsUpstream && this.#options.toHost.freeBytes < slot.roomForOneEvent;
    if (isHostFull) this.#waitForHost.add(slot);
    slot.isParked = isHostFull || (slot.waitTargets.length > 0 && !slot.hasRoomAhead);
    return slot.isParked;
  }

  /** Schedules the modules again that waited for the host to empty its ring. */
  #wakeUpstreamProducers(): void {
    const waiting = [...this.#waitForHost];
    this.#waitForHost.clear();
    for (const slot of waiting) {
      if (!this.#park(slot)) this.#unpark(slot);
    }
  }

  #unpark(slot: ModuleSlot): void {
    slot.isParked = false;
    if (slot.timers.nextDue < this.#nextDue) this.#nextDue = slot.timers.nextDue;
    if (slot.hasWork) this.#markReady(slot);
  }

  #wakeProducers(slot: ModuleSlot): void {
    for (const producer of slot.waitProducers) {
      if (producer.isParked && !this.#park(producer)) this.#unpark(producer);
    }
  }

  #markReady(slot: ModuleSlot): void {
    if (slot.isReady || slot.instance === undefined || slot.isParked) return;
    slot.isReady = true;
    this.#ready.push(slot);
  }

  #takeFromHost(deadline: number): void {
    const { fromHost, clock } = this.#options;
    for (let at = fromHost.take(); at >= 0; at = fromHost.take()) {
      this.#takeFrame(fromHost, at);
      fromHost.release();
      if (clock.monotonic() >= deadline) return;
    }
  }

  #takeFrame(ring: SharedRing, at: number): void {
    const word = at >> 2;
    const head = ring.words[word + 1] as number;
    const a = ring.words[word + 2] as number;
    const b = ring.words[word + 3] as number;
    const c = ring.words[word + 5] as number;
    const slot = this.#byIndex[head >>> 16];
    if (slot === undefined) return;
    // A view into memory that the host may not rewrite before `release`; frames are copied out of it.
    const payload = ring.payload(at);
    switch (head & 0xffff) {
      case TO_CELL.desired:
        this.#takeDesired(slot, payload, a, b, c);
        return;
      case TO_CELL.method:
        this.#takeMethod(slot, payload, a, b);
        return;
      case TO_CELL.answer:
        this.#takeAnswer(slot, payload, a, b, c);
        return;
      case TO_CELL.methodOver:
        slot.calls.delete(a);
        return;
    }
  }

  #takeDesired(slot: ModuleSlot, payload: Uint8Array, kind: number, completeBytes: number, version: number): void {
    slot.desired = payload.slice(0, completeBytes);
    slot.desiredVersion = version;
    const complete = kind === 1;
    const body = complete ? slot.desired : payload.slice(completeBytes);
    const isLost = !this.#post(slot, encodeDesired({ ...this.#at(), complete, version, body }));
    // A paused module whose mail is full gets all of them later; one that has just refused them has had them.
    if (isLost && slot.isParked) slot.isDesiredDue = true;
  }

  #takeMethod(slot: ModuleSlot, payload: Uint8Array, call: number, nameBytes: number): void {
    if (slot.instance === undefined) {
      this.#respond(slot, call, 503);
      return;
    }
    const name = new TextDecoder().decode(payload.slice(0, nameBytes));
    slot.calls.add(call);
    const frame = encodeMethod({ ...this.#at(), request: call, name, payload: payload.slice(nameBytes) });
    if (!this.#post(slot, frame) && slot.calls.delete(call)) this.#respond(slot, call, 500);
  }

  /** Answers a method on behalf of a module that could not. */
  #respond(slot: ModuleSlot, call: number, status: number): void {
    const response = { slot, call, status };
    if (!this.#tryRespond(response)) this.#owed.push(response);
    this.#options.wakeHost();
  }

  #tryRespond({ slot, call, status }: { slot: ModuleSlot; call: number; status: number }): boolean {
    const { toHost } = this.#options;
    if (!toHost.write(TO_HOST.respond, slot.index, call, status, 0, new Uint8Array())) return false;
    toHost.commit();
    return true;
  }

  #takeAnswer(slot: ModuleSlot, payload: Uint8Array, instance: number, request: number, status: number): void {
    if (slot.instance === undefined || slot.instances !== instance) return;
    const isReading = slot.subscriptions.has(request);
    if (!isReading) slot.pendingRequests--;
    const detail = new DataView(payload.buffer, payload.byteOffset, 4).getInt32(0, true);
    const frame = encodeAnswer({ ...this.#at(), request, status, detail, payload: payload.subarray(4) });
    this.#post(slot, frame, isReading ? request : undefined);
  }

  /**
   * Delivers a frame now if the module can take it, later if it is paused. A newer reading replaces an older one that
   * still waits [ABI-5.8]. Returns false when the event was lost or did not commit.
   */
  #post(slot: ModuleSlot, frame: Uint8Array, reading?: number): boolean {
    if (slot.instance === undefined) return false;
    if (!slot.hasMail && !this.#park(slot)) return this.#deliver(slot, frame);
    if (slot.putMail(frame, reading)) return true;
    slot.counters.mailDropped++;
    return false;
  }

  #deliverMail(slot: ModuleSlot): void {
    const { frame, call } = slot.takeMail(this.#at());
    // Nobody waits for it any more.
    if (call !== undefined && !slot.calls.has(call)) return;
    const committed = this.#deliver(slot, frame);
    if (!committed && call !== undefined && slot.calls.delete(call)) this.#respond(slot, call, 500);
  }

  #start(slot: ModuleSlot, reason: number): void {
    slot.status = 'starting';
    slot.instances++;
    slot.abortWords = undefined;
    this.#notices.state(slot, undefined);
    try {
      slot.compiled ??= new WebAssembly.Module(slot.spec.wasm as Uint8Array<ArrayBuffer>);
      slot.instance = Instance.open(slot.compiled, this.#contextOf(slot));
    } catch (error) {
      this.#fail(slot, describeFailure(error, slot));
      return;
    }
    slot.startedAt = this.#monotonic;
    const { id, deviceId, environment } = slot.spec;
    const names = { device: deviceId, module: id, environment: Object.entries(environment) };
    this.#deliver(slot, encodeStart({ ...this.#at(), reason, restarts: slot.failures, ...names }));
    if (slot.instance === undefined) return;
    this.#deliverDesired(slot);
    if (slot.instance === undefined) return;
    slot.status = 'running';
    this.#notices.state(slot, undefined);
    if (slot.hasWork) this.#markReady(slot);
  }

  /** Delivers all desired properties. */
  #deliverDesired(slot: ModuleSlot): void {
    slot.isDesiredDue = false;
    const desired = { complete: true, version: slot.desiredVersion, body: slot.desired };
    this.#deliver(slot, encodeDesired({ ...this.#at(), ...desired }));
  }

  /** Discards the instance of a module that failed and plans its next start. */
  #fail(slot: ModuleSlot, failure: Failure): void {
    const ranMs = slot.startedAt === 0 ? 0 : this.#monotonic - slot.startedAt;
    this.#discardInstance(slot);
    slot.status = 'failed';
    slot.failures = ranMs >= slot.schedule.wellAfterMs ? 1 : slot.failures + 1;
    if (failure.kind === 'trap') slot.counters.trapped++;
    const delay = failure.kind === 'unfit' ? undefined : slot.schedule.delayMs(slot.failures);
    slot.retryAt = delay === undefined ? Number.POSITIVE_INFINITY : this.#monotonic + delay;
    this.#nextDue = Math.min(this.#nextDue, slot.retryAt);
    this.#notices.state(slot, { ...failure, ...(delay === undefined ? {} : { retryInMs: delay }) });
  }

  #discardInstance(slot: ModuleSlot): void {
    slot.instance = undefined;
    slot.startedAt = 0;
    slot.discardInstanceState();
  }

  #contextOf(slot: ModuleSlot): ImportContext {
    return {
      slot,
      transaction: this.#transaction,
      notices: this.#notices,
      memory: undefined,
      time: () => this.#time,
      monotonic: () => this.#monotonic,
      openOutput: (owner, name) => this.#openOutput(owner, name),
    };
  }

  /** The id of an output of that name, made on first use [ABI-4.2]. */
  #openOutput(slot: ModuleSlot, name: string): number {
    const known = slot.outputs.find((output) => output.name === name);
    if (known !== undefined) return known.id;
    if (slot.outputs.length >= ABI_LIMITS.outputs) return STATUS.limit;
    const sourceText = new TextEncoder().encode(`${slot.spec.deviceId}/${slot.id}/${name}`);
    const port = new OutputPort(slot.outputs.length, name, this.#sources.length, sourceText);
    this.#sources.push(sourceText);
    slot.outputs.push(port);
    this.#router.connect(slot, port);
    this.#notices.output(slot, port);
    return port.id;
  }

  #at(): { time: number; monotonic: number } {
    return { time: this.#time, monotonic: this.#monotonic };
  }

  #readClock(): void {
    this.#time = Math.floor(this.#options.clock.now());
    this.#monotonic = Math.floor(this.#options.clock.monotonic());
  }
}
