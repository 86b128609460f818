// An L2CAP packet, in one or several pieces:
//
//  0            2             4
//  +------------+-------------+---------+
//  | length u16 | channel u16 | payload |
//  +------------+-------------+---------+

const HEADER_BYTES = 4;

export interface L2capPacket {
  readonly channel: number;
  readonly payload: Uint8Array;
}

/** Puts the packets of one link together that a peer sends in pieces. Holds one packet of `maxBytes` at most, and none of the pieces. */
export class L2capAssembler {
  readonly #maxBytes: number;
  /** The packet that has begun, and how much of it has come. */
  #packet: Buffer | undefined;
  #got = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next piece; gives the packet that it completes, nothing when more is to come, or what is wrong. */
  push(piece: Uint8Array, isFirst: boolean): L2capPacket | string | undefined {
    if (isFirst) {
      const wrong = this.#begin(piece);
      if (wrong !== undefined) return wrong;
    }
    const packet = this.#packet;
    if (packet === undefined) return undefined;
    if (this.#got + piece.byteLength > packet.byteLength) {
      this.#packet = undefined;
      return 'more bytes than a packet has';
    }
    packet.set(piece, this.#got);
    this.#got += piece.byteLength;
    if (this.#got < packet.byteLength) return undefined;
    this.#packet = undefined;
    return { channel: packet.readUInt16LE(2), payload: packet.subarray(HEADER_BYTES) };
  }

  #begin(piece: Uint8Array): string | undefined {
    this.#packet = undefined;
    if (piece.byteLength < HEADER_BYTES) return 'the beginning of a packet is too short';
    const length = piece[0]! | (piece[1]! << 8);
    if (length > this.#maxBytes) return `a packet of ${length} bytes`;
    // None of it is given out before all is written.
    this.#packet = Buffer.allocUnsafe(HEADER_BYTES + length);
    this.#got = 0;
    return undefined;
  }
}
