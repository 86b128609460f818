// A packet of MQTT, of every version:
//
//  0         1                       1 to 4 bytes later
//  +---------+-----------------------+--------------------+
//  | type u8 | length: 7 bits a byte | as many bytes      |  next packet ...
//  +---------+-----------------------+--------------------+

const LENGTH_DIGITS_MAX = 4;

/**
 * Finds where packets end in a stream of bytes, so that what is longer than allowed is refused by its first bytes, before
 * anything keeps it, and so that no more packets are handed on at a time than can be dealt with.
 */
export class PacketScanner {
  readonly #packetBytesMax: number;
  /** Bytes that are missing of the packet at hand. */
  #left = 0;
  /** Digits read of its length; -1 in front of a packet. */
  #digits = -1;
  #length = 0;
  #packetEnd = 0;

  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
  }

  /**
   * Reads bytes until so many packets have ended, or to the end of the bytes; returns where it stopped, or -1 for a packet
   * that is too long or has no length. Nothing may be read after that.
   */
  scan(bytes: Uint8Array, from: number, packets: number): number {
    let at = from;
    let ended = 0;
    this.#packetEnd = from;
    while (at < bytes.length && ended < packets) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at);
        at += step;
        this.#left -= step;
      } else if (!this.#readHead(bytes[at++] as number)) return -1;
      if (this.#left === 0 && this.#digits < 0) {
        ended++;
        this.#packetEnd = at;
      }
    }
    return at;
  }

  /** Where the last packet ended that the last scan has seen the end of; where that began if there was none. */
  get packetEnd(): number {
    return this.#packetEnd;
  }

  /** Reads one byte of a head; false when the packet cannot be taken. */
  #readHead(byte: number): boolean {
    if (this.#digits < 0) {
      this.#digits = 0;
      this.#length = 0;
      return true;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#digits;
    this.#digits++;
    if ((byte & 0x80) !== 0) return this.#digits < LENGTH_DIGITS_MAX;
    if (1 + this.#digits + this.#length > this.#packetBytesMax) return false;
    this.#left = this.#length;
    this.#digits = -1;
    return true;
  }
}
