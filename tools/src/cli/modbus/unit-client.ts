import {
  type AnswerBlock,
  type DeviceLink,
  decodeAnswer,
  decodeIdentification,
  type Exchange,
  encodeReadAnswer,
  Identification,
  type IdentificationObject,
  type Loss,
  NOTHING_WAITS,
  type PduRequest,
  READ_DATA_AT,
  type RegisterRange,
  type WayToDevice,
  WRITE_WAITS,
  type WriteRequest,
} from '../../../../host/src/drivers/modbus/commissioning.ts';

/** How one request ended. */
export type Outcome =
  /** The device did it; of a read, the values. */
  | { readonly kind: 'answered'; readonly values: readonly number[] }
  /** The device, or a Modbus gateway before it, refused with an exception code. */
  | { readonly kind: 'refused'; readonly exception: number }
  /** Sent, and no valid answer came. */
  | { readonly kind: 'lost'; readonly loss: Loss }
  /** Not sent. */
  | { readonly kind: 'unreachable'; readonly error: Error | undefined };

export type Failure = Exclude<Outcome, { kind: 'answered' }>;

/** What a unit says of itself, or why that is not known. */
export type Identified = { readonly kind: 'answered'; readonly objects: readonly IdentificationObject[] } | Failure;

/** How a unit is reached. */
export type Way = Pick<WayToDevice, 'timeoutMs' | 'createLink'>;

/** Longest time for opening and for the turn on a line: the driver gives up earlier by itself. */
const WAIT_MAX_MS = 10_000;
/** Level of an identification that every unit has which has any: vendor, product, revision. */
const BASIC = 1;

interface Waiting {
  readonly exchange: Exchange;
  end(outcome: Outcome): void;
}

/** Makes requests to one unit, one at a time, and says how each ended. The way to it is opened at once, and again for ever. */
export class UnitClient {
  readonly timeoutMs: number;
  readonly #createLink: () => DeviceLink;
  #link: DeviceLink;
  #waiting: Waiting | undefined;
  #error: Error | undefined;

  constructor(createWay: () => Way) {
    const way = createWay();
    this.timeoutMs = way.timeoutMs;
    this.#createLink = () =>
      way.createLink({
        connected: () => {
          this.#error = undefined;
        },
        ready: () => this.#pump(),
        answered: () => undefined,
        down: (_fault, error) => this.#down(error),
        failed: () => undefined,
        mostUrgent: () => this.#urgency(),
      });
    this.#link = this.#createLink();
    this.#link.open();
  }

  read(range: RegisterRange): Promise<Outcome> {
    return this.#request({ kind: 'read', ...range });
  }

  write(request: WriteRequest): Promise<Outcome> {
    return this.#request(request);
  }

  /** Asks what the unit is (function 43/14), at the basic level, in as many requests as it takes. */
  async identify(): Promise<Identified> {
    const found = new Identification();
    let next = 0 as number | undefined;
    const take = (frame: Uint8Array, at: number): void => {
      next = found.add(frame, at);
    };
    // Ids only grow, and the level has three.
    while (next !== undefined) {
      const outcome = await this.#request({ kind: 'identify', level: BASIC, objectId: next }, take);
      if (outcome.kind !== 'answered') return outcome;
    }
    return { kind: 'answered', objects: decodeIdentification(found.payload())! };
  }

  /** Forgets that the unit did not answer. On a line it would be left alone for longer and longer otherwise. */
  renew(): void {
    const former = this.#link;
    this.#link = this.#createLink();
    this.#link.open();
    former.close();
  }

  /** A request that waits or is under way ends. */
  close(): void {
    this.#link.close();
    this.#down(this.#error);
  }

  /** @param take gets the frame of the answer, and where its PDU begins, before the outcome is told */
  #request(request: PduRequest, take?: (frame: Uint8Array, at: number) => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#down(this.#error), WAIT_MAX_MS + this.timeoutMs);
      const end = (outcome: Outcome): void => {
        clearTimeout(deadline);
        resolve(outcome);
      };
      const exchange: Exchange = {
        request,
        answered: (frame, at) => {
          take?.(frame, at);
          end({ kind: 'answered', values: valuesOf(request, frame, at) });
        },
        refused: (exception) => end({ kind: 'refused', exception }),
        lost: (loss) => end({ kind: 'lost', loss }),
      };
      this.#waiting = { exchange, end };
      // Between two attempts to connect; the error is that of the last one.
      if (this.#link.state === 'waiting' && this.#error !== undefined) this.#down(this.#error);
      else this.#pump();
    });
  }

  #pump(): void {
    if (this.#waiting === undefined || !this.#link.canSend) return;
    const { exchange } = this.#waiting;
    this.#waiting = undefined;
    this.#link.send(exchange);
  }

  #down(error: Error | undefined): void {
    this.#error = error ?? this.#error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.end({ kind: 'unreachable', error: this.#error });
  }

  #urgency(): number {
    if (this.#waiting === undefined) return NOTHING_WAITS;
    return this.#waiting.exchange.request.kind === 'write' ? WRITE_WAITS : 0;
  }
}

function valuesOf(request: PduRequest, frame: Uint8Array, at: number): readonly number[] {
  if (request.kind !== 'read') return [];
  const [block] = decodeAnswer(encodeReadAnswer(request, frame, at + READ_DATA_AT)) as [AnswerBlock];
  return block.values;
}
