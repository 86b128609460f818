import type { AirClock, AirTimer } from './air-clock.ts';
import type { Conduct } from './conduct.ts';
import type { Fragment } from './fragment.ts';

/** Most fragments that wait in one direction of a link. A host that keeps to the flow control never has more than 8. */
export const LANE_FRAGMENTS_MAX = 64;

export interface LaneOptions {
  readonly clock: AirClock;
  /** Of the device that sends. */
  readonly conduct: Conduct;
  /** Whether the receiving host reads what it is given. */
  readonly canDeliver: () => boolean;
  readonly deliver: (fragment: Fragment) => void;
  /** A fragment has left the lane, so the sender may give one more. */
  readonly onRoom: () => void;
}

/** One direction of a link: fragments in their order, held back while the sender is silent or delayed, or the receiver is slow. */
export class Lane {
  /** Fragments that came although the lane was full. */
  refused = 0;
  readonly #options: LaneOptions;
  readonly #queue: { readonly fragment: Fragment; readonly dueAt: number }[] = [];
  #timer: AirTimer | undefined;
  #isClosed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Takes a fragment, whose data it keeps; one that finds the lane full is lost and counted. */
  send(fragment: Fragment): void {
    const { clock, conduct } = this.#options;
    if (this.#queue.length >= LANE_FRAGMENTS_MAX) {
      this.refused++;
      return;
    }
    this.#queue.push({ fragment, dueAt: clock.now() + conduct.delayMs });
    this.flow();
  }

  /** Delivers what may go now; to be called when the sender is heard again or the receiver reads again. */
  flow(): void {
    const { clock, conduct, canDeliver } = this.#options;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#isClosed || conduct.isSilent || !canDeliver()) return;
      const waitMs = next.dueAt - clock.now();
      if (waitMs > 0) {
        this.#timer ??= clock.after(waitMs, () => {
          this.#timer = undefined;
          this.flow();
        });
        return;
      }
      this.#queue.shift();
      this.#pass(next.fragment);
    }
  }

  /** Loses what waits. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#queue.length = 0;
  }

  #pass(fragment: Fragment): void {
    const { conduct, deliver, onRoom } = this.#options;
    const sent = conduct.corruptor.apply(fragment);
    if (sent !== undefined) deliver(sent);
    if (!this.#isClosed) onRoom();
  }
}
