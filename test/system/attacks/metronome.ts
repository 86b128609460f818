import type { Gateway } from '../../../host/src/gateway/gateway.ts';
import { guestWat, MESSAGE_IMPORTS } from '../../lib/wat.ts';

const BEATS_PER_SECOND = 1_000;
const TICK_MS = 1;
/** What is made up for at most when the test's own thread was busy: such a flood would be an attack of its own. */
const BURST_MAX = 100;
/** How long a beat may be on its way before it counts as lost. */
const LOST_AFTER_MS = 20_000;

/**
 * Sends a message to its neighbour for each method call, and answers the call when the message comes back: whoever calls knows of every
 * single message whether it arrived.
 */
export const METRONOME_WAT = guestWat({
  imports: `${MESSAGE_IMPORTS} (import "method" "respond" (func $respond (param i32 i32 i32 i32) (result i32)))`,
  data: '(data (i32.const 0) "beat")',
  handle: `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $output (i32.const 0) (i32.const 4)))))
    (if (i32.eq (local.get $kind) (i32.const 5)) (then
      (return (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.add (local.get $frame) (i32.const 24)) (i32.const 4)))))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then
      (return (call $respond (i32.load offset=56 (local.get $frame)) (i32.const 200) (i32.const 0) (i32.const 0)))))
    (i32.const 0)`,
});

/** Ids of the two modules that go on while others attack. */
export const NEIGHBOURS = ['metronome', 'neighbour'] as const;
const QUEUE = { bytes: 4_194_304, policy: 'reject' };
export const NEIGHBOUR_INPUTS = { metronome: { inputs: { back: QUEUE } }, neighbour: { inputs: { beat: QUEUE } } };
export const NEIGHBOUR_ROUTES = {
  beat: 'FROM /messages/modules/metronome/outputs/beat INTO BrokeredEndpoint("/modules/neighbour/inputs/beat")',
  back: 'FROM /messages/modules/neighbour/outputs/out INTO BrokeredEndpoint("/modules/metronome/inputs/back")',
};

/** Lets a neighbour handle a thousand messages a second, and keeps count of every one of them. */
export class Metronome {
  /** From the call to the answer, in the order of the answers. */
  readonly latenciesMs: number[] = [];
  /** What became of beats that did not come back. */
  readonly lost: string[] = [];
  #sent = 0;
  readonly #gateway: Gateway;
  readonly #timer: NodeJS.Timeout;
  #began = performance.now();
  readonly #onTheirWay = new Set<Promise<void>>();

  /** Begins at once; the two modules must run. */
  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  get sent(): number {
    return this.#sent;
  }

  /** Resolves when so many more beats have been sent and all that were sent until then have come back, or are lost. */
  async beats(count: number): Promise<void> {
    const until = this.#sent + count;
    while (this.#sent < until) await nextTurn();
    await Promise.all(this.#onTheirWay);
  }

  /** Sends no more; resolves when nothing is on its way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.beats(0);
  }

  /** Sends what is due. */
  #tick(): void {
    const due = ((performance.now() - this.#began) / 1_000) * BEATS_PER_SECOND;
    const late = due - this.#sent - BURST_MAX;
    if (late > 0) this.#began += (late / BEATS_PER_SECOND) * 1_000;
    for (const until = Math.min(due, this.#sent + BURST_MAX); this.#sent < until; ) this.#beat();
  }

  #beat(): void {
    this.#sent++;
    const at = performance.now();
    const beat = this.#gateway
      .invokeMethod('metronome', 'beat', undefined, LOST_AFTER_MS)
      .then(({ status }) => {
        if (status === 200) this.latenciesMs.push(performance.now() - at);
        else this.lost.push(`answered with ${status}`);
      })
      .catch((error: Error) => {
        this.lost.push(error.message);
      })
      .finally(() => this.#onTheirWay.delete(beat));
    this.#onTheirWay.add(beat);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, TICK_MS));
