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

/** Puts the packets of one link together that a peer sends in pieces. Holds one packet of `maxBytes` at most. */
export class L2capAssembler {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #got = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next piece; gives the packet that it completes, nothing when more is to come, or what is wrong. */
  push(piece: Uint8Array, isFirst: boolean): L2capPacket | string | undefined {
    if (isFirst) this.reset();
    else if (this.#got === 0) return undefined;
    this.#pieces.push(piece);
    this.#got += piece.byteLength;
    const [start] = this.#pieces;
    if (start!.byteLength < HEADER_BYTES) return this.#refuse('the beginning of a packet is too short');
    const length = start![0]! | (start![1]! << 8);
    if (length > this.#maxBytes) return this.#refuse(`a packet of ${length} bytes`);
    if (this.#got > HEADER_BYTES + length) return this.#refuse('more bytes than a packet has');
    if (this.#got < HEADER_BYTES + length) return undefined;
    const whole = Buffer.concat(this.#pieces);
    this.reset();
    return { channel: whole.readUInt16LE(2), payload: whole.subarray(HEADER_BYTES) };
  }

  reset(): void {
    this.#pieces = [];
    this.#got = 0;
  }

  #refuse(what: string): string {
    this.reset();
    return what;
  }
}
