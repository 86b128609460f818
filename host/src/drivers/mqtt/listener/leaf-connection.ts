import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Lane } from '../intake.ts';
import { MQTT_LIMITS } from '../limits.ts';
import type { Leaf } from './leaves.ts';
import { WholePackets } from './whole-packets.ts';

/** Packets that the broker gets at a time: it deals with all of them at once. */
export const PACKETS_AT_ONCE = 32;

export interface LeafConnectionOptions {
  readonly packetBytes: number;
  readonly lane: Lane;
  /** Milliseconds of a clock that never steps back. */
  readonly now: () => number;
  /** It is cut off because of what it did. */
  readonly onCut: (connection: LeafConnection, why: string) => void;
}

/**
 * One client of a listener as the broker sees it: its socket, with limits on what goes through it. Packets pass a few at a
 * time, and none while one of the client waits for room, so that the client comes to wait; what is sent never makes the
 * broker wait, and a client that does not read it is cut off.
 */
export class LeafConnection extends Duplex {
  readonly lane: Lane;
  /** Where it comes from. */
  readonly address: string;
  readonly openedAt: number;
  /** When something came last. */
  heardAt: number;
  /** Who it is, once it has logged in. */
  leaf: Leaf | undefined;
  /** As the client asks for; 0: none. */
  keepAliveSeconds = 0;
  readonly #socket: Socket;
  readonly #options: LeafConnectionOptions;
  readonly #packets: WholePackets;
  #rest: Buffer = Buffer.alloc(0);
  #isWanted = false;
  #isFeeding = false;
  #isTold = false;
  #sentBytes = 0;
  /** What it had read when it was looked at last, if too much waited for it then. */
  #readBefore: number | undefined;

  constructor(socket: Socket, options: LeafConnectionOptions) {
    super({ readableHighWaterMark: 1, writableHighWaterMark: Number.MAX_SAFE_INTEGER, allowHalfOpen: false });
    this.lane = options.lane;
    this.address = socket.remoteAddress ?? '';
    this.openedAt = options.now();
    this.heardAt = this.openedAt;
    this.#socket = socket;
    this.#options = options;
    this.#packets = new WholePackets(options.packetBytes);
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
    socket.once('close', () => this.destroy());
  }

  /** Whether it waits for room. */
  get isHeld(): boolean {
    return this.lane.waiting > 0;
  }

  /** Goes on behind a message that has found room. */
  release(): void {
    if (!this.isHeld) this.#plan();
  }

  /** Ends it because of what the client did. */
  cut(why: string): void {
    this.blame(why);
    this.destroy();
  }

  /** Cuts it off if too much waits for it, as when it was looked at last, and it has read none of that. */
  cutStalled(): void {
    const waiting = this.#socket.writableLength;
    const read = this.#sentBytes - waiting;
    const isTooMuch = waiting > MQTT_LIMITS.outgoingBytes;
    if (isTooMuch && read === this.#readBefore) this.cut('it does not read what is sent to it');
    this.#readBefore = isTooMuch ? read : undefined;
  }

  /** Says why it ends, once. */
  blame(why: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onCut(this, why);
  }

  /** Says why it ends in the words of the broker. */
  blameFor({ message }: Error): void {
    // What it could not be sent any more is not its fault.
    if (message !== 'connection closed') this.blame(`it broke the protocol: ${message}`);
  }

  /** Why it ends is told already. */
  excuse(): void {
    this.#isTold = true;
  }

  override _read(): void {
    this.#isWanted = true;
    this.#plan();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(bytes);
    done();
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#send(
      Buffer.concat(
        chunks.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk)),
      ),
    );
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null) this.blameFor(error);
    this.#socket.destroy();
    this.#rest = Buffer.alloc(0);
    // Why it ended is nobody's error: an error event without a listener would end the process.
    done(null);
  }

  #send(bytes: Buffer): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(bytes);
    this.#sentBytes += bytes.byteLength;
    // Much at once is no fault of a client that reads it.
    if (this.#socket.writableLength > MQTT_LIMITS.outgoingBurstBytes)
      this.cut('it reads too slowly what is sent to it');
  }

  #received(bytes: Buffer): void {
    this.heardAt = this.#options.now();
    this.#rest = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#feed();
  }

  /** Not within a read of the stream, which would take what is added to it in the same go. */
  #plan(): void {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    queueMicrotask(() => {
      this.#isFeeding = false;
      this.#feed();
    });
  }

  #feed(): void {
    if (this.destroyed) return;
    if (this.#isWanted && !this.isHeld && this.#rest.byteLength > 0) {
      const { packets, end } = this.#packets.cut(this.#rest, 0, PACKETS_AT_ONCE);
      if (end < 0) {
        this.cut('it sent a packet that is longer than "packetBytes", or no MQTT');
        return;
      }
      this.#rest = this.#rest.subarray(end);
      if (packets.byteLength > 0) {
        this.#isWanted = false;
        this.push(packets);
      }
    }
    if (this.#rest.byteLength > 0) this.#socket.pause();
    else this.#socket.resume();
  }
}
