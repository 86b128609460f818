import { PacketScanner } from '../packet-scanner.ts';

/** Pieces of a packet that are kept apart: each costs far more than its bytes, copying all for each would cost time. */
const PIECES_MAX = 64;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into whole packets. The beginning of one is kept until its end has come, in about as much memory as it is
 * long, in however small pieces it comes.
 */
export class WholePackets {
  readonly #scanner: PacketScanner;
  #pieces: Buffer[] = [];

  constructor(packetBytesMax: number) {
    this.#scanner = new PacketScanner(packetBytesMax);
  }

  /**
   * Takes bytes until so many packets have ended, or all of them. `packets` are those that have ended, maybe none; `end` is where
   * it stopped, or -1 for a packet that is too long or has no length: nothing may be taken after that.
   */
  cut(bytes: Buffer, from: number, most: number): { readonly packets: Buffer; readonly end: number } {
    const end = this.#scanner.scan(bytes, from, most);
    if (end < 0) return { packets: NOTHING, end };
    const { packetEnd } = this.#scanner;
    const packets = packetEnd > from ? this.#join(bytes.subarray(from, packetEnd)) : NOTHING;
    if (end > packetEnd) this.#keep(bytes.subarray(packetEnd, end));
    return { packets, end };
  }

  #join(last: Buffer): Buffer {
    if (this.#pieces.length === 0) return last;
    const packets = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    return packets;
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece);
    if (this.#pieces.length > PIECES_MAX) this.#pieces = [Buffer.concat(this.#pieces)];
  }
}
