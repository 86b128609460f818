import { Worker } from 'node:worker_threads';
import { Activity } from '../bridge/activity.ts';
import type { CellControl, CellReport, CellThreadData } from '../bridge/control.ts';
import { Flow } from '../bridge/flow.ts';
import { INBOUND, TO_CELL } from '../bridge/frames.ts';
import { SharedRing } from '../bridge/shared-ring.ts';
import { Signal } from '../bridge/signal.ts';
import type { CellStatus } from '../cell/status.ts';
import { GatehouseError } from '../errors.ts';
import type { MessageSource } from './message-sources.ts';
import { type ThreadClock, threadClock, watchThreads } from './thread-clock.ts';

/** More than four times the largest message: an empty ring has room for two, upstream and to other cells, wherever it stands. */
const TO_HOST_BYTES = 1_114_112;
const NOTICES_BYTES = 131_072;
const FROM_HOST_BYTES = 524_288;
/** More than twice the largest message, so that an empty ring has room for one wherever it stands. */
const INBOUND_BYTES = 1_048_576;
/** A cell makes little garbage; by default the engine would let it take 48 MB before it looks. */
const YOUNG_MB = 4;
const STATUS_DEADLINE_MS = 2_000;
/** How long the host listens before its sockets and timers have their turn: modules can talk faster than it listens. */
const DRAIN_MS = 4;
/** How soon what found no room in a ring to a cell is tried again. */
export const LATE_MS = 1;

/** A frame that the cell sent; the payload is valid only during the call. */
export interface CellFrame {
  readonly type: number;
  readonly slot: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly payload: Uint8Array;
}

/** How a cell takes part in what inputs of several cells have room for. */
export interface ThreadFlow {
  readonly table: Flow;
  /** Which of its producers the cell is. */
  readonly producer: number;
}

const NO_FLOW: ThreadFlow = { table: Flow.create(0, 0), producer: 0 };

export interface CellThreadEvents {
  frame(frame: CellFrame): void;
  /** The thread ended without being asked to: by a fault in it, or because something ended it. */
  lost(error: Error, isFault: boolean): void;
}

/** The host's end of a cell: its thread, the rings to and from it, and how the two wake each other. */
export class CellThread {
  /** What the cell says that it does. */
  readonly activity = new Activity();
  /** How much the thread has worked. */
  readonly clock: ThreadClock;
  readonly #worker: Worker;
  readonly #events: CellThreadEvents;
  readonly #signal = new Signal();
  readonly #toHost = SharedRing.create(TO_HOST_BYTES);
  readonly #notices = SharedRing.create(NOTICES_BYTES);
  readonly #fromHost = SharedRing.create(FROM_HOST_BYTES);
  readonly #inbound = SharedRing.create(INBOUND_BYTES);
  /** Sources that the cell knows by name. */
  readonly #namedSources = new Set<number>();
  readonly #statusCalls = new Map<number, (status: CellStatus) => void>();
  #nextStatusCall = 1;
  /** Told when the thread has answered; set while it has been asked. */
  #answered: (() => void) | undefined;
  #isClosed = false;
  #isListening = false;
  #isDrainPlanned = false;
  /** Answers that found no room, by request; of a subscription the newest. */
  readonly #late = new Map<
    string,
    readonly [slot: number, instance: number, request: number, status: number, bytes: Uint8Array]
  >();
  #lateTimer: NodeJS.Timeout | undefined;

  constructor(events: CellThreadEvents, { table: flow, producer }: ThreadFlow = NO_FLOW) {
    this.#events = events;
    const workerData: CellThreadData = {
      toHost: this.#toHost.shared,
      notices: this.#notices.shared,
      fromHost: this.#fromHost.shared,
      inbound: this.#inbound.shared,
      signal: this.#signal.shared,
      activity: this.activity.shared,
      flow: flow.shared,
      producers: flow.producers,
      producer,
    };
    const { result: worker, thread } = watchThreads(
      () =>
        new Worker(cellScript(), {
          workerData,
          env: {},
          name: 'cell',
          resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
        }),
    );
    this.#worker = worker;
    this.clock = threadClock(thread);
    this.#worker.on('message', (message: CellReport) => this.#receive(message));
    this.#worker.on('error', (error) => this.#lose(error, true));
    this.#worker.on('exit', (code) => this.#lose(new Error(`the thread ended with code ${code}`), false));
  }

  /** Whether the thread has ended or is about to. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Tells the cell to do something rare. */
  control(message: CellControl): void {
    this.#worker.postMessage(message);
    this.#signal.wakeCell();
  }

  /** Sends a frame of one of the types of `TO_CELL`; false when the ring is full. */
  send(type: number, slot: number, a: number, b: number, c: number, payload: Uint8Array): boolean {
    if (!this.#fromHost.write(type, slot, a, b, c, payload)) return false;
    this.#fromHost.commit();
    this.#signal.wakeCell();
    return true;
  }

  /** Hands over a message for an input of a module, which has come by a route; false when the ring is full. */
  deliver(slot: number, route: number, source: MessageSource, message: Uint8Array): boolean {
    const ring = this.#inbound;
    if (this.#isClosed || !this.#knows(source) || !ring.write(INBOUND.message, slot, route, source.id, 0, message))
      return false;
    ring.commit();
    this.#signal.wakeCell();
    return true;
  }

  /** Whether the cell has been told the name of a source, if need be now. */
  #knows({ id, text }: MessageSource): boolean {
    if (this.#namedSources.has(id)) return true;
    if (!this.#inbound.write(INBOUND.source, 0, id, 0, 0, text)) return false;
    this.#namedSources.add(id);
    return true;
  }

  /**
   * Hands the answer of a device over, which is never lost: if there is no room it is sent later. The cell probably reacts
   * at once, as in a control loop. Once the caller has returned to its event loop, what the cell says within a moment is
   * handled without the way through the kernel.
   */
  answer(slot: number, instance: number, request: number, status: number, bytes: Uint8Array): void {
    if (this.#isClosed) return;
    const isSent = this.#late.size === 0 && this.send(TO_CELL.answer, slot, instance, request, status, bytes);
    if (!isSent) {
      this.#late.set(`${slot}/${instance}/${request}`, [slot, instance, request, status, bytes]);
      this.#lateTimer ??= setTimeout(() => this.#sendLate(), LATE_MS);
    } else if (!this.#isListening) {
      this.#isListening = true;
      queueMicrotask(() => {
        this.#isListening = false;
        if (!this.#isClosed && this.#signal.spinForHost()) this.#drain();
      });
    }
  }

  #sendLate(): void {
    this.#lateTimer = undefined;
    for (const [key, answer] of this.#late) {
      if (!this.send(TO_CELL.answer, ...answer)) break;
      this.#late.delete(key);
    }
    if (this.#late.size > 0) this.#lateTimer = setTimeout(() => this.#sendLate(), LATE_MS);
  }

  /** Asks the cell for its counters. */
  status(): Promise<CellStatus> {
    const id = this.#nextStatusCall++;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#statusCalls.delete(id);
        reject(new GatehouseError('CELL_LOST', `the cell did not answer within ${STATUS_DEADLINE_MS} ms`));
      }, STATUS_DEADLINE_MS);
      this.#statusCalls.set(id, (status) => {
        clearTimeout(deadline);
        resolve(status);
      });
      this.control({ kind: 'status', id });
    });
  }

  /** Asks the thread whether it is still there, unless it has been asked already; one that has ended never answers. */
  ping(answered: () => void): void {
    const isAsked = this.#answered !== undefined;
    this.#answered = answered;
    if (!isAsked && !this.#isClosed) this.control({ kind: 'ping' });
  }

  /** Ends the thread at once; `stop` its modules first to let them finish. */
  async close(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
    this.#drainAll();
  }

  #receive(message: CellReport): void {
    if (message.kind === 'status') {
      this.#drainAll();
      this.#statusCalls.get(message.id)?.(message.status);
      this.#statusCalls.delete(message.id);
    } else if (message.kind === 'pong') {
      const answered = this.#answered;
      this.#answered = undefined;
      answered?.();
    } else this.#drain();
  }

  /** Handles what the cell has sent, for a while; the rest when the event loop has had its turn. */
  #drain(): void {
    this.#signal.hostLooks();
    const deadline = performance.now() + DRAIN_MS;
    while (this.#takeNext() > 0) {
      if (performance.now() < deadline) continue;
      this.#planDrain();
      return;
    }
  }

  #planDrain(): void {
    if (this.#isDrainPlanned || this.#isClosed) return;
    this.#isDrainPlanned = true;
    setImmediate(() => {
      this.#isDrainPlanned = false;
      this.#drain();
    });
  }

  /** Handles everything the cell has sent so far. What it adds meanwhile fills the rings at most once more. */
  #drainAll(): void {
    this.#signal.hostLooks();
    let left = this.#toHost.capacity + this.#notices.capacity;
    for (let bytes = this.#takeNext(); bytes > 0 && left > 0; bytes = this.#takeNext()) left -= bytes;
    this.#planDrain();
  }

  /** Handles the next frame in the order in which the cell wrote both rings; returns its bytes, 0 when there is none. */
  #takeNext(): number {
    const { words } = this.#notices;
    // Looked at first: a notice that was written before an effect is then seen.
    const hasEffect = !this.#toHost.isEmpty;
    const notice = this.#notices.take();
    if (notice >= 0 && (!hasEffect || words[(notice >> 2) + 5] === this.#toHost.readTo))
      return this.#takeFrame(this.#notices, notice);
    return hasEffect ? this.#takeFrame(this.#toHost, this.#toHost.take()) : 0;
  }

  #takeFrame(ring: SharedRing, at: number): number {
    const word = at >> 2;
    const head = ring.words[word + 1] as number;
    const bytes = ring.words[word] as number;
    try {
      this.#events.frame({
        type: head & 0xffff,
        slot: head >>> 16,
        a: ring.words[word + 2] as number,
        b: ring.words[word + 3] as number,
        c: ring.words[word + 5] as number,
        payload: ring.payload(at),
      });
    } finally {
      ring.release();
    }
    return bytes;
  }

  #lose(error: Error, isFault: boolean): void {
    if (this.#isClosed) return;
    this.#end();
    this.#drainAll();
    this.#events.lost(error, isFault);
  }

  #end(): void {
    this.#isClosed = true;
    this.#late.clear();
    clearTimeout(this.#lateTimer);
  }
}

/** The cell's script: beside the bundle when built, in its own folder when run from sources. */
function cellScript(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../cell/main-from-source.mjs' : './cell.js', import.meta.url);
}
