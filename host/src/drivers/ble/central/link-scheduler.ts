import type { Clock, Timer } from '../../clock.ts';
import type { Advertisement } from './advertisement.ts';
import type { Claim, ClaimOptions } from './claim.ts';
import { GattLink } from './gatt-link.ts';
import { LinkClaim, type LinkClaimOwner } from './link-claim.ts';
import type { Radio, RadioLink } from './radio.ts';

/** How long a device that is busy keeps its link when others wait for one. */
export const TURN_MS = 30_000;
const CANCEL_MS = 2_000;
/** How long closing waits for the links to end. */
const CLOSE_MS = 3_000;
/**
 * A controller ends the link to a silent peer when it is supervised no longer, which peers may set to 32 s
 * [Bluetooth Core 5.4, Vol 4, Part E, 7.8.18]. One that takes longer does not do what it is told.
 */
const END_MS = 35_000;

export interface LinkSchedulerOptions {
  /** Links at the same time. */
  readonly connections: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether the scan is off, as it has to be for an attempt; and whether it should be. */
  readonly isScanOff: () => boolean;
  readonly planned: () => void;
  readonly stuck: (what: string) => void;
}

interface Attempt {
  readonly claim: LinkClaim;
  hasBegun: boolean;
  deadline: Timer | undefined;
}

/**
 * Shares the links of a radio among those who claim one: whoever has waited longest and is heard comes first, one attempt at a
 * time. While all links are taken, one that is not used is given up for who waits, and one that is used when it has had its turn.
 */
export class LinkScheduler implements LinkClaimOwner {
  readonly clock: Clock;
  readonly random: () => number;
  readonly #options: LinkSchedulerOptions;
  readonly #claims = new Set<LinkClaim>();
  /** Those that nobody has any more, and whose link has not ended yet. */
  readonly #removed = new Set<Claim>();
  #radio: Radio | undefined;
  #attempt: Attempt | undefined;
  #places = 0;
  #later: Timer | undefined;
  #planning: 'no' | 'yes' | 'again' = 'no';
  #isClosing = false;
  #onGone: (() => void) | undefined;

  constructor(options: LinkSchedulerOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.#options = options;
  }

  /** An attempt is being made or prepared: there must be no scan. */
  get needsSilence(): boolean {
    return this.#attempt !== undefined;
  }

  /** Somebody waits, and has to be heard. */
  get needsScan(): boolean {
    for (const claim of this.#claims) if (claim.isEligible) return true;
    return false;
  }

  get links(): number {
    return this.#count((claim) => claim.holdsSlot);
  }

  get waiting(): number {
    return this.#count(({ state }) => state === 'waiting');
  }

  add(options: ClaimOptions): Claim {
    const claim = new LinkClaim(options, this);
    this.#claims.add(claim);
    return claim;
  }

  /** Its link counts until it has ended. */
  remove(claim: Claim): void {
    claim.release();
    if ((claim as LinkClaim).holdsSlot) this.#removed.add(claim);
    else this.#claims.delete(claim as LinkClaim);
  }

  hear(advertisement: Advertisement): void {
    for (const claim of this.#claims) if (claim.options.address === advertisement.address) claim.hear(advertisement);
  }

  up(radio: Radio): void {
    this.#radio = radio;
    this.plan();
  }

  /** The radio is gone with all links and the attempt. */
  down(reason: string): void {
    this.#radio = undefined;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.deadline?.cancel();
    attempt?.claim.failed(reason);
    for (const { link } of [...this.#claims]) link?.abandon(reason);
  }

  changed(claim: LinkClaim): void {
    if (!claim.holdsSlot && this.#removed.delete(claim)) this.#claims.delete(claim);
    if (claim.state === 'waiting') claim.place = ++this.#places;
    this.plan();
  }

  cancel(claim: LinkClaim): void {
    if (this.#attempt?.claim === claim) this.#giveUp(this.#attempt);
  }

  connected(link: RadioLink): void {
    const claim = this.#endAttempt();
    if (claim === undefined) link.disconnect();
    else this.#take(claim, link);
  }

  connectFailed(reason: string): void {
    this.#endAttempt()?.failed(reason);
    this.plan();
  }

  /** Does what can be done now. */
  plan(): void {
    if (this.#planning !== 'no') {
      this.#planning = 'again';
      return;
    }
    this.#later?.cancel();
    do {
      this.#planning = 'yes';
      this.#prepare();
      this.#options.planned();
      this.#begin();
    } while (this.#isAgain);
    this.#planning = 'no';
    this.#planLater();
  }

  /** Ends the attempt and all links; resolves when they have ended, or are given up. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#later?.cancel();
    for (const claim of this.#claims) claim.release();
    if (this.links === 0 || this.#radio === undefined) return;
    await new Promise<void>((resolve) => {
      const deadline = this.clock.after(CLOSE_MS, resolve);
      this.#onGone = () => {
        if (this.links > 0) return;
        deadline.cancel();
        resolve();
      };
    });
    for (const { link } of [...this.#claims]) link?.abandon('the host closes');
  }

  get #isAgain(): boolean {
    return this.#planning === 'again';
  }

  /** Chooses whom to connect to next, or who has to make room. */
  #prepare(): void {
    if (this.#attempt !== undefined || this.#radio === undefined || this.#isClosing) return;
    const next = this.#next();
    if (next === undefined) return;
    if (this.links < this.#options.connections) {
      next.connecting();
      this.#attempt = { claim: next, hasBegun: false, deadline: undefined };
    } else this.#makeRoom();
  }

  #begin(): void {
    const attempt = this.#attempt;
    const radio = this.#radio;
    if (attempt === undefined || radio === undefined || attempt.hasBegun || !this.#options.isScanOff()) return;
    attempt.hasBegun = true;
    attempt.deadline = this.clock.after(attempt.claim.options.timeoutMs, () => this.#giveUp(attempt));
    radio.connect(attempt.claim.peer);
  }

  #giveUp(attempt: Attempt): void {
    attempt.deadline?.cancel();
    if (!attempt.hasBegun) {
      this.connectFailed('it is not wanted any more');
      return;
    }
    attempt.deadline = this.clock.after(CANCEL_MS, () => this.#options.stuck('does not end an attempt to connect'));
    this.#radio?.cancelConnect();
  }

  #endAttempt(): LinkClaim | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.deadline?.cancel();
    return attempt?.claim;
  }

  #take(claim: LinkClaim, radioLink: RadioLink): void {
    let closing: Timer | undefined;
    const link = new GattLink({
      link: radioLink,
      timeoutMs: claim.options.timeoutMs,
      clock: this.clock,
      events: {
        notified: (path, value) => claim.options.events.notified(path, value),
        over: (loss, reason) => {
          closing = this.clock.after(END_MS, () => this.#options.stuck('does not end a link'));
          claim.over(loss, reason);
        },
        gone: () => {
          closing?.cancel();
          claim.gone();
          this.#onGone?.();
        },
      },
    });
    claim.linked(link);
    if (!claim.isWanted) link.close();
    this.plan();
  }

  #next(): LinkClaim | undefined {
    let first: LinkClaim | undefined;
    for (const claim of this.#claims)
      if (claim.isEligible && claim.isHeard && (first === undefined || claim.place < first.place)) first = claim;
    return first;
  }

  #makeRoom(): void {
    const linked = [...this.#claims].filter(({ state }) => state === 'linked');
    // One that is about to end makes room already.
    if (linked.length < this.links) return;
    const now = this.clock.now();
    const mayEnd = (claim: LinkClaim): boolean => !claim.options.isBusy() || now - claim.linkedAt >= TURN_MS;
    const oldest = (a: LinkClaim, b: LinkClaim): number =>
      Number(a.options.isBusy()) - Number(b.options.isBusy()) || a.linkedAt - b.linkedAt;
    linked.filter(mayEnd).sort(oldest)[0]?.link?.close('turn', 'another device has its turn');
  }

  /** Attempts that are due later, and turns that end, need somebody who looks. */
  #planLater(): void {
    const now = this.clock.now();
    let at = Number.POSITIVE_INFINITY;
    for (const claim of this.#claims) {
      if (claim.state === 'waiting' && claim.retryAt > now) at = Math.min(at, claim.retryAt);
      if (claim.state === 'linked' && this.waiting > 0 && claim.linkedAt + TURN_MS > now)
        at = Math.min(at, claim.linkedAt + TURN_MS);
    }
    if (at < Number.POSITIVE_INFINITY && !this.#isClosing) this.#later = this.clock.after(at - now, () => this.plan());
  }

  #count(isCounted: (claim: LinkClaim) => boolean): number {
    let count = 0;
    for (const claim of this.#claims) if (isCounted(claim)) count++;
    return count;
  }
}
