import type { Fragment } from './fragment.ts';

// L2CAP frame: length (LE) | channel (LE) | payload. Channel 4 carries ATT. [BT-3-A-3.1]
const HEADER_BYTES = 4;
const CHANNEL_ATT = 0x0004;

/** What happens to the next `packets` ATT packets that reach to byte `at`: its bits are inverted, or the packet ends before it. */
export interface Corruption {
  readonly how: 'flip' | 'cut';
  readonly at: number;
  readonly packets: number;
}

/** Damages fragments as told. A packet that is cut stays a well-formed L2CAP frame, so that it reaches the ATT of the other side. */
export class Corruptor {
  #corruption: Corruption | undefined;
  #left = 0;
  #isDroppingRest = false;

  set(corruption: Corruption | undefined): void {
    this.#corruption = corruption;
    this.#left = corruption?.packets ?? 0;
  }

  /** The fragment as it is to be sent, or undefined for the rest of a packet that was cut. */
  apply(fragment: Fragment): Fragment | undefined {
    if (!fragment.isFirst) return this.#isDroppingRest ? undefined : fragment;
    this.#isDroppingRest = false;
    const corruption = this.#corruption;
    if (corruption === undefined || this.#left === 0 || !reaches(fragment.data, corruption.at)) return fragment;
    this.#left--;
    const place = HEADER_BYTES + corruption.at;
    if (corruption.how === 'flip') {
      const data = Buffer.from(fragment.data);
      data[place] = ~data[place]!;
      return { isFirst: true, data };
    }
    const data = Buffer.from(fragment.data.subarray(0, place));
    data.writeUInt16LE(corruption.at, 0);
    this.#isDroppingRest = true;
    return { isFirst: true, data };
  }
}

function reaches(frame: Buffer, at: number): boolean {
  return frame.byteLength > HEADER_BYTES + at && frame.readUInt16LE(2) === CHANNEL_ATT;
}
