import { Worker } from 'node:worker_threads';
import type { CellControl, CellReport, CellThreadData } from '../bridge/control.ts';
import { SharedRing } from '../bridge/shared-ring.ts';
import { Signal } from '../bridge/signal.ts';
import type { CellStatus } from '../cell/status.ts';
import { GatehouseError } from '../errors.ts';

const TO_HOST_BYTES = 1_048_576;
const NOTICES_BYTES = 131_072;
const FROM_HOST_BYTES = 524_288;
const STATUS_DEADLINE_MS = 2_000;

/** A frame that the cell sent; the payload is valid only during the call. */
export interface CellFrame {
  readonly type: number;
  readonly slot: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly payload: Uint8Array;
}

export interface CellThreadEvents {
  frame(frame: CellFrame): void;
  /** The thread ended without being asked to. */
  lost(error: Error): void;
}

/** The host's end of a cell: its thread, the rings to and from it, and how the two wake each other. */
export class CellThread {
  readonly #worker: Worker;
  readonly #events: CellThreadEvents;
  readonly #signal = new Signal();
  readonly #toHost = SharedRing.create(TO_HOST_BYTES);
  readonly #notices = SharedRing.create(NOTICES_BYTES);
  readonly #fromHost = SharedRing.create(FROM_HOST_BYTES);
  readonly #statusCalls = new Map<number, (status: CellStatus) => void>();
  #nextStatusCall = 1;
  #isClosed = false;
  #isListening = false;

  constructor(events: CellThreadEvents) {
    this.#events = events;
    const workerData: CellThreadData = {
      toHost: this.#toHost.shared,
      notices: this.#notices.shared,
      fromHost: this.#fromHost.shared,
      signal: this.#signal.shared,
    };
    this.#worker = new Worker(cellScript(), { workerData, env: {}, name: 'cell' });
    this.#worker.on('message', (message: CellReport) => this.#receive(message));
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', (code) => this.#lose(new Error(`the thread ended with code ${code}`)));
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

  /**
   * Sends a frame to which the cell probably reacts at once: an answer in a control loop. Once the caller has returned to
   * its event loop, what the cell says within a moment is handled without the way through the kernel.
   */
  sendAndListen(type: number, slot: number, a: number, b: number, c: number, payload: Uint8Array): boolean {
    const isSent = this.send(type, slot, a, b, c, payload);
    if (isSent && !this.#isListening) {
      this.#isListening = true;
      queueMicrotask(() => {
        this.#isListening = false;
        if (!this.#isClosed && this.#signal.spinForHost()) this.#drain();
      });
    }
    return isSent;
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

  /** Ends the thread at once; `stop` its modules first to let them finish. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker.terminate();
    this.#drain();
  }

  #receive(message: CellReport): void {
    if (message.kind === 'status') {
      this.#drain();
      this.#statusCalls.get(message.id)?.(message.status);
      this.#statusCalls.delete(message.id);
    } else this.#drain();
  }

  /** Handles everything the cell has sent: what it says of modules first, so that their effects find them known. */
  #drain(): void {
    this.#signal.hostLooks();
    this.#drainRing(this.#notices);
    this.#drainRing(this.#toHost);
  }

  #drainRing(ring: SharedRing): void {
    for (let at = ring.take(); at >= 0; at = ring.take()) {
      const word = at >> 2;
      const head = ring.words[word + 1] as number;
      this.#events.frame({
        type: head & 0xffff,
        slot: head >>> 16,
        a: ring.words[word + 2] as number,
        b: ring.words[word + 3] as number,
        c: ring.words[word + 5] as number,
        payload: ring.payload(at),
      });
      ring.release();
    }
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drain();
    this.#events.lost(error);
  }
}

/** The cell's script: beside the bundle when built, in its own folder when run from sources. */
function cellScript(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../cell/main-from-source.mjs' : './cell.js', import.meta.url);
}
