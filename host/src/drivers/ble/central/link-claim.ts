import { backOffDelays } from '../../back-off.ts';
import type { Clock } from '../../clock.ts';
import type { AddressType } from '../address.ts';
import type { Advertisement } from './advertisement.ts';
import type { Claim, ClaimOptions, ClaimState } from './claim.ts';
import type { GattLink, LinkLoss } from './gatt-link.ts';

const ATTEMPTS = { firstMs: 0, startMs: 500, maxMs: 30_000 };
/** A peer that was heard by then is still there. */
const HEARD_MS = 3_000;
/** A link that lived so long was a good one, so that the next attempt follows at once. */
const GOOD_MS = 10_000;

export interface LinkClaimOwner {
  readonly clock: Clock;
  readonly random: () => number;
  /** Something about the claim has changed. */
  changed(claim: LinkClaim): void;
  /** Its attempt to connect is of no use any more. */
  cancel(claim: LinkClaim): void;
}

/** What `LinkScheduler` knows of one claim. */
export class LinkClaim implements Claim {
  readonly options: ClaimOptions;
  readonly #owner: LinkClaimOwner;
  state: ClaimState = 'idle';
  isWanted = false;
  link: GattLink | undefined;
  linkedAt = 0;
  retryAt = 0;
  /** By when it has waited in the queue; the lowest comes first. */
  place = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  #heardType: AddressType = 'public';
  #delays: Iterator<number, never>;

  constructor(options: ClaimOptions, owner: LinkClaimOwner) {
    this.options = options;
    this.#owner = owner;
    this.#delays = backOffDelays(ATTEMPTS, owner.random);
  }

  /** Holds a link, or is about to. */
  get holdsSlot(): boolean {
    return this.state === 'connecting' || this.state === 'linked' || this.state === 'closing';
  }

  get isEligible(): boolean {
    return this.state === 'waiting' && this.#owner.clock.now() >= this.retryAt;
  }

  /** Whether the peer can be connected to, as far as one can know. */
  get isHeard(): boolean {
    return this.wasHeard(HEARD_MS);
  }

  wasHeard(withinMs: number): boolean {
    return this.#owner.clock.now() - this.#heardAt <= withinMs;
  }

  get peer(): { readonly address: string; readonly addressType: AddressType } {
    return { address: this.options.address, addressType: this.#heardType };
  }

  request(): void {
    this.isWanted = true;
    if (this.state === 'idle') this.wait(0);
  }

  release(): void {
    if (!this.isWanted) return;
    this.isWanted = false;
    if (this.state === 'waiting') this.#become('idle');
    else if (this.state === 'connecting') this.#owner.cancel(this);
    else this.link?.close();
  }

  idle(): void {
    if (this.state === 'linked') this.#owner.changed(this);
  }

  hear({ addressType, isConnectable, isScanResponse }: Advertisement): void {
    const { addressType: wanted = addressType } = this.options;
    if (!isConnectable || isScanResponse || wanted !== addressType) return;
    const isNews = !this.isHeard;
    this.#heardAt = this.#owner.clock.now();
    this.#heardType = addressType;
    if (isNews && this.state === 'waiting') this.#owner.changed(this);
  }

  /** The attempt begins; whether the peer is still there will be seen. */
  connecting(): void {
    this.#heardAt = Number.NEGATIVE_INFINITY;
    this.state = 'connecting';
  }

  linked(link: GattLink): void {
    this.link = link;
    this.linkedAt = this.#owner.clock.now();
    this.state = 'linked';
    this.options.events.opened(link);
  }

  failed(reason: string): void {
    this.#goOn();
    this.options.events.failed(reason);
  }

  over(loss: LinkLoss, reason: string): void {
    if (this.#owner.clock.now() - this.linkedAt >= GOOD_MS) this.#delays = backOffDelays(ATTEMPTS, this.#owner.random);
    this.state = 'closing';
    this.options.events.closed(loss, reason);
  }

  gone(): void {
    this.link = undefined;
    this.#goOn();
  }

  /** Takes a place at the end of the queue. */
  wait(delayMs: number): void {
    this.retryAt = this.#owner.clock.now() + delayMs;
    this.#become('waiting');
  }

  #goOn(): void {
    if (this.isWanted) this.wait(this.#delays.next().value);
    else this.#become('idle');
  }

  #become(state: ClaimState): void {
    this.state = state;
    this.#owner.changed(this);
  }
}
