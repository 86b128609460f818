import { EVENT } from '../abi/constants.ts';
import { ByteQueue } from './byte-queue.ts';

/** Room for direct methods and desired properties that come while the module is paused: at least one of the largest size. */
const EVENT_BYTES = 270_336;
/** What the frame of an answer has besides its payload. */
const BYTES_PER_ANSWER = 256;
/** What an entry takes besides its frame. */
const BYTES_PER_ENTRY = 8;
/** Tag of an answer of a stream; others have that of their request, which is never negative. */
const STREAM = -1;
/** In the place of the kind of a frame that a newer reading replaced. */
const VOID = 0;

/** How much room a module needs for what waits while it is paused. */
export interface MailRoom {
  /** Requests that may be pending. */
  readonly requests: number;
  /** Longest payload of an answer. */
  readonly answerBytes: number;
  /** Answers of streams together. */
  readonly streamBytes: number;
}

/** Events that wait for a module that is paused, in their order. */
export class Mail {
  readonly #queue: ByteQueue;
  readonly #streamBytesMax: number;
  #streamBytes = 0;
  /** Where a reading of a subscription waits. */
  readonly #readings = new Map<number, { at: number; room: number }>();

  constructor({ requests, answerBytes, streamBytes }: MailRoom) {
    this.#streamBytesMax = streamBytes;
    // One more for what stays unused at the end of the queue.
    const forAnswers = (requests + 1) * (answerBytes + BYTES_PER_ANSWER);
    this.#queue = new ByteQueue(EVENT_BYTES + streamBytes + forAnswers, 'reject');
  }

  get isEmpty(): boolean {
    return this.#queue.count === 0;
  }

  /** Keeps an event that nobody has asked for; false when there is no room that is not for answers. */
  putEvent(frame: Uint8Array): boolean {
    const queue = this.#queue;
    const at = queue.reserve(frame.byteLength);
    if (at >= 0 && queue.capacity - queue.freeBytes - this.#streamBytes <= EVENT_BYTES) {
      queue.bytes.set(frame, at);
      queue.commit();
      return true;
    }
    queue.rollback();
    return false;
  }

  /**
   * Keeps the answer to a device request, for which there is room [ABI-5.8]. A reading of a subscription takes the place of an older one
   * that still waits, or makes it void if it is longer.
   */
  putAnswer(frame: Uint8Array, reading: number | undefined): boolean {
    const queue = this.#queue;
    const older = reading === undefined ? undefined : this.#readings.get(reading);
    if (older !== undefined && frame.byteLength <= older.room) {
      queue.bytes.set(frame, older.at);
      return true;
    }
    const at = queue.reserve(frame.byteLength, reading ?? 0);
    if (at < 0) return false;
    queue.bytes.set(frame, at);
    queue.commit();
    if (older !== undefined) queue.words[older.at >> 2] = VOID;
    if (reading !== undefined) this.#readings.set(reading, { at, room: frame.byteLength });
    return true;
  }

  /** Keeps an answer of a stream behind those before it; false when the room for streams is full [ABI-5.8]. */
  putStream(frame: Uint8Array): boolean {
    const queue = this.#queue;
    const bytes = frame.byteLength + BYTES_PER_ENTRY;
    const at = this.#streamBytes + bytes > this.#streamBytesMax ? -1 : queue.reserve(frame.byteLength, STREAM);
    if (at < 0) return false;
    queue.bytes.set(frame, at);
    queue.commit();
    this.#streamBytes += bytes;
    return true;
  }

  /** The oldest event; with the call id if it is a direct method. */
  take(): { frame: Uint8Array; call: number | undefined } {
    const queue = this.#queue;
    let at = queue.take();
    // Behind what is void there is always the reading that made it so.
    while (queue.words[at >> 2] === VOID) {
      queue.release();
      at = queue.take();
    }
    const frame = queue.bytes.slice(at, at + (queue.words[(at >> 2) + 1] as number));
    const tag = queue.tagOf(at);
    if (tag === STREAM) this.#streamBytes -= frame.byteLength + BYTES_PER_ENTRY;
    else if (tag !== 0) this.#readings.delete(tag);
    const isMethod = queue.words[at >> 2] === EVENT.method;
    const call = isMethod ? (queue.words[(at >> 2) + 6] as number) : undefined;
    queue.release();
    return { frame, call };
  }
}
