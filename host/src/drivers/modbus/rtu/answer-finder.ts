import { checkAnswerPdu } from '../answer-pdu.ts';
import { type AnswerCheck, BAD_ANSWER, MORE_BYTES, NO_PDU } from '../pdu.ts';
import { answerPduBytes, foreignPduBytes } from '../pdu-length.ts';
import type { PduRequest } from '../request.ts';
import { CRC_BYTES, hasGoodCrc, RTU_MAX_BYTES, RTU_PDU_AT } from './rtu-frame.ts';

/** The answer to a request: its PDU begins at `pduAt` of `bytes`, valid until the next call. */
export interface FoundAnswer {
  readonly bytes: Uint8Array;
  readonly pduAt: number;
  /** The answer, or an exception code. */
  readonly check: AnswerCheck;
  /** Whether bytes came behind it that nobody asked for. */
  readonly hasMore: boolean;
}

const HEAD_BYTES = RTU_PDU_AT + 1;

/**
 * Finds the answer to one request in what comes from a line: behind noise, behind the late answer of another unit, in pieces
 * of any size. Unit, function, length, echo and CRC must all be those of the answer; what is not is passed over. It keeps at
 * most two frames.
 */
export class AnswerFinder {
  readonly #buffer = new Uint8Array(2 * RTU_MAX_BYTES);
  #length = 0;
  #isDamaged = false;

  /** Whether something came that began like the answer and has not become one: it is damaged, or not complete. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  reset(): void {
    this.#length = 0;
    this.#isDamaged = false;
  }

  /** Takes the first `length` bytes of `bytes`, which are copied. */
  push(bytes: Uint8Array, length: number, unitId: number, request: PduRequest): FoundAnswer | undefined {
    for (let at = 0; at < length; ) {
      if (this.#length === this.#buffer.length) this.#drop(RTU_MAX_BYTES);
      const taken = Math.min(this.#buffer.length - this.#length, length - at);
      for (let i = 0; i < taken; i++) this.#buffer[this.#length + i] = bytes[at + i]!;
      this.#length += taken;
      at += taken;
      const found = this.#search(unitId, request, at < length);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #search(unitId: number, request: PduRequest, hasRest: boolean): FoundAnswer | undefined {
    const buffer = this.#buffer;
    this.#isDamaged = false;
    for (let at = 0; at < this.#length; ) {
      const available = this.#length - at;
      const isOurs = buffer[at] === unitId;
      const pduBytes = isOurs ? answerPduBytes(buffer, at + RTU_PDU_AT, available - RTU_PDU_AT, request) : NO_PDU;
      if (pduBytes !== NO_PDU && available >= HEAD_BYTES) this.#isDamaged = true;
      const frameBytes = RTU_PDU_AT + pduBytes + CRC_BYTES;
      if (pduBytes > 0 && frameBytes <= available && hasGoodCrc(buffer, at, frameBytes)) {
        const check = checkAnswerPdu(buffer, at + RTU_PDU_AT, pduBytes, request);
        const hasMore = hasRest || frameBytes < available;
        if (check !== BAD_ANSWER) return { bytes: buffer, pduAt: at + RTU_PDU_AT, check, hasMore };
      }
      // What lies inside a frame of another unit is no beginning of ours.
      const foreign = foreignFrameBytes(buffer, at, available);
      if (foreign > 0) {
        this.#drop(at + foreign);
        at = 0;
        this.#isDamaged = false;
      } else at++;
    }
    return undefined;
  }

  #drop(count: number): void {
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}

/** Length of the complete frame at `at`, whosever it is; 0 when there is none. */
function foreignFrameBytes(bytes: Uint8Array, at: number, available: number): number {
  const pduBytes = foreignPduBytes(bytes, at + RTU_PDU_AT, available - RTU_PDU_AT);
  if (pduBytes === MORE_BYTES || pduBytes === NO_PDU) return 0;
  const frameBytes = RTU_PDU_AT + pduBytes + CRC_BYTES;
  return frameBytes <= available && frameBytes <= RTU_MAX_BYTES && hasGoodCrc(bytes, at, frameBytes) ? frameBytes : 0;
}
