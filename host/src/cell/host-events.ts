import { STATUS } from '../abi/constants.ts';
import { type EventTime, encodeAnswer, encodeDesired, encodeMethod } from '../abi/frames.ts';
import { TO_CELL, TO_HOST } from '../bridge/frames.ts';
import type { SharedRing } from '../bridge/shared-ring.ts';
import type { CellTime } from './cell-time.ts';
import type { Delivery } from './delivery.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { Scheduler } from './scheduler.ts';

export interface HostEventsOptions {
  readonly fromHost: SharedRing;
  readonly toHost: SharedRing;
  readonly delivery: Delivery;
  readonly time: CellTime;
  readonly scheduler: Scheduler;
  readonly slotAt: (index: number) => ModuleSlot | undefined;
  readonly wakeHost: () => void;
}

interface Response {
  readonly slot: ModuleSlot;
  readonly call: number;
  readonly status: number;
}

/** What became of an event: `failed` when it was refused or trapped, `lost` when there was no room for it. */
type Posted = 'committed' | 'failed' | 'waits' | 'lost';

/** Events that come from the host - desired properties, direct methods, answers of devices - for modules that may be paused. */
export class HostEvents {
  readonly #options: HostEventsOptions;
  /** Answers to method calls, on behalf of modules, that found no room in the ring to the host. */
  readonly #owed: Response[] = [];

  constructor(options: HostEventsOptions) {
    this.#options = options;
  }

  get hasOwed(): boolean {
    return this.#owed.length > 0;
  }

  /** Sends what found no room before. */
  payOwed(): void {
    while (this.#owed.length > 0 && this.#tryRespond(this.#owed[0] as Response)) this.#owed.shift();
  }

  /** Takes the frames that wait in the ring, as long as `goOn` says so. */
  take(goOn: () => boolean): void {
    const { fromHost } = this.#options;
    for (let at = fromHost.take(); at >= 0; at = fromHost.take()) {
      this.#takeFrame(fromHost, at);
      fromHost.release();
      if (!goOn()) return;
    }
  }

  /** Delivers the oldest event that waited because the module was paused. */
  deliverMail(slot: ModuleSlot): void {
    const { frame, call } = slot.mail.take();
    stampTime(frame, this.#options.time.stamps);
    // Nobody waits for it any more.
    if (call !== undefined && !slot.calls.has(call)) return;
    const committed = this.#options.delivery.deliver(slot, frame);
    if (!committed && call !== undefined && slot.calls.delete(call)) this.#respond(slot, call, 500);
  }

  #takeFrame(ring: SharedRing, at: number): void {
    const word = at >> 2;
    const head = ring.words[word + 1] as number;
    const a = ring.words[word + 2] as number;
    const b = ring.words[word + 3] as number;
    const c = ring.words[word + 5] as number;
    const slot = this.#options.slotAt(head >>> 16);
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
    const frame = encodeDesired({ ...this.#options.time.stamps, complete, version, body });
    // A module whose mail is full gets all of them later; one that has just refused them has had them.
    if (this.#post(slot, frame) === 'lost') slot.isDesiredDue = slot.instance !== undefined;
  }

  #takeMethod(slot: ModuleSlot, payload: Uint8Array, call: number, nameBytes: number): void {
    if (slot.instance === undefined) {
      this.#respond(slot, call, 503);
      return;
    }
    const name = new TextDecoder().decode(payload.slice(0, nameBytes));
    slot.calls.add(call);
    const event = { ...this.#options.time.stamps, request: call, name, payload: payload.slice(nameBytes) };
    const outcome = this.#post(slot, encodeMethod(event));
    const isOver = outcome === 'lost' || outcome === 'failed';
    if (isOver && slot.calls.delete(call)) this.#respond(slot, call, outcome === 'lost' ? 429 : 500);
  }

  #takeAnswer(slot: ModuleSlot, payload: Uint8Array, instance: number, request: number, status: number): void {
    if (slot.instance === undefined || slot.instances !== instance) return;
    const isReading = slot.subscriptions.has(request);
    const isStream = slot.streams.has(request);
    if (!isReading || status === STATUS.cancelled) slot.endRequest(request);
    const detail = new DataView(payload.buffer, payload.byteOffset, 4).getInt32(0, true);
    const event = { ...this.#options.time.stamps, request, status, detail, payload: payload.subarray(4) };
    const frame = encodeAnswer(event);
    this.#post(slot, frame, () =>
      isStream ? slot.mail.putStream(frame) : slot.mail.putAnswer(frame, isReading ? request : undefined),
    );
  }

  /** Delivers a frame now if the module can take it, later if it is paused or has had more than its share; then `keep` puts it aside. */
  #post(slot: ModuleSlot, frame: Uint8Array, keep = (): boolean => slot.mail.putEvent(frame)): Posted {
    const { delivery, scheduler } = this.#options;
    if (slot.instance === undefined) return 'lost';
    if (!slot.hasMail && !slot.isInDebt && !scheduler.isOverdrawn(slot) && !scheduler.park(slot))
      return delivery.deliver(slot, frame) ? 'committed' : 'failed';
    const isKept = keep();
    if (!isKept) slot.counters.mailDropped++;
    scheduler.markReady(slot);
    return isKept ? 'waits' : 'lost';
  }

  /** Answers a method on behalf of a module that could not. */
  #respond(slot: ModuleSlot, call: number, status: number): void {
    const response = { slot, call, status };
    if (!this.#tryRespond(response)) this.#owed.push(response);
    this.#options.wakeHost();
  }

  #tryRespond({ slot, call, status }: Response): boolean {
    const { toHost } = this.#options;
    if (!toHost.write(TO_HOST.respond, slot.index, call, status, 0, new Uint8Array())) return false;
    toHost.commit();
    return true;
  }
}

/** An event happens when it is delivered, so that the clock of a module never steps back [ABI-5.2]. */
function stampTime(frame: Uint8Array, { time, monotonic }: EventTime): void {
  const header = new DataView(frame.buffer, frame.byteOffset);
  header.setFloat64(8, time, true);
  header.setFloat64(16, monotonic, true);
}
