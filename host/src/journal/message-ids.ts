/** Sequences are reserved on the disk in blocks, so that none is written there for each message. */
const BLOCK = 2 ** 28;
/** Where a gateway that knows nothing begins, at most. */
const START_MAX = 2 ** 52;
/** How far a gateway jumps that cannot know what it has used: more than it can have used, and a random part on top. */
const LEAP = 2 ** 36;
const LEAP_RANDOM_MAX = 2 ** 40;
/** Beyond any life of a gateway; a new place is as good as the first one. */
const END = Number.MAX_SAFE_INTEGER - 2 ** 42;

/** The highest epoch and the end of the sequences that are known to be used; undefined where nothing is known. */
export interface Used {
  readonly epoch: number | undefined;
  readonly sequences: number | undefined;
}

/** What outlives a power cut about message ids: everything below `sequences` may be in use. */
export interface Reservation {
  readonly epoch: number;
  readonly sequences: number;
}

/**
 * Gives out message ids: a boot epoch, which is new with each start, and a sequence, which goes on. Neither is ever used
 * twice. Where the disk cannot tell what was used, both jump to a random place ahead.
 */
export class MessageIds {
  readonly epoch: number;
  #next: number;
  #reserved: number;

  private constructor(epoch: number, next: number, reserved: number) {
    this.epoch = epoch;
    this.#next = next;
    this.#reserved = reserved;
  }

  /** The next ones, for a gateway whose disk told what was used; the `reservation` must be stored before the first is taken. */
  static goOn(used: Reservation, random48: () => number): MessageIds {
    const { epoch, sequences } = used;
    if (Math.max(epoch, sequences) > END) return MessageIds.leap(used, random48);
    return new MessageIds(epoch + 1, sequences, sequences + BLOCK);
  }

  /** For a gateway whose disk did not tell, or does not keep the reservation. */
  static leap(used: Used, random48: () => number): MessageIds {
    const leap = (value: number | undefined): number => {
      if (value === undefined || value > END) return (random48() * 16) % START_MAX;
      return value + LEAP + (random48() % LEAP_RANDOM_MAX);
    };
    const next = leap(used.sequences);
    return new MessageIds(leap(used.epoch), next, next + BLOCK);
  }

  /** What has to be stored now. */
  get reservation(): Reservation {
    return { epoch: this.epoch, sequences: this.#reserved };
  }

  /** What has to be stored when no more are taken. */
  get used(): Reservation {
    return { epoch: this.epoch, sequences: this.#next };
  }

  /** True when the next block should be reserved. */
  get isLow(): boolean {
    return this.#reserved - this.#next < BLOCK / 2;
  }

  /** Undefined when all that is reserved is used up, which takes a disk that refuses for as long as a block lasts. */
  take(): number | undefined {
    return this.#next < this.#reserved ? this.#next++ : undefined;
  }

  /** The reservation that `extend` makes valid once it is stored. */
  get extended(): Reservation {
    return { epoch: this.epoch, sequences: this.#next + BLOCK };
  }

  extend({ sequences }: Reservation): void {
    this.#reserved = Math.max(this.#reserved, sequences);
  }
}
