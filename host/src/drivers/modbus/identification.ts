import { conformityAt, identificationPduBytes, nextObjectAt, OBJECTS_AT, objectCountAt } from './identification-pdu.ts';
import { PDU_MAX_BYTES } from './pdu.ts';

// What a module gets when it asks what a device is:
//
//  0               1       2              4
//  +---------------+-------+--------------+-------+----------+-----------+----
//  | conformity u8 | 0 u8  | objects u16  | id u8 | bytes u8 | its value | ...
//  +---------------+-------+--------------+-------+----------+-----------+----

const HEADER_BYTES = 4;
/** Longest payload, and most requests that are made for one. */
export const IDENTIFICATION_BYTES_MAX = 4_096;
export const IDENTIFICATION_REQUESTS_MAX = 64;

/** An object of an identification, whose value is a text unless its id is 128 or more. */
export interface IdentificationObject {
  readonly id: number;
  readonly value: Uint8Array;
}

/** The identification of a device, put together from the answers that have come. */
export class Identification {
  readonly #parts: Uint8Array[] = [];
  #conformity = 0;
  #objects = 0;
  #bytes = HEADER_BYTES;
  #requests = 1;

  /** Whether there is more than the gateway takes. */
  get isTooLong(): boolean {
    return this.#bytes > IDENTIFICATION_BYTES_MAX || this.#requests > IDENTIFICATION_REQUESTS_MAX;
  }

  /** Takes an answer that was checked, and returns the object to go on with; undefined when this was all. */
  add(frame: Uint8Array, at: number): number | undefined {
    const end = at + identificationPduBytes(frame, at, PDU_MAX_BYTES);
    // A copy: `slice` of a Buffer is none.
    const part = Uint8Array.from(frame.subarray(at + OBJECTS_AT, end));
    this.#parts.push(part);
    this.#conformity = conformityAt(frame, at);
    this.#objects += objectCountAt(frame, at);
    this.#bytes += part.length;
    const next = nextObjectAt(frame, at);
    if (next !== undefined) this.#requests++;
    return next;
  }

  payload(): Uint8Array {
    const payload = new Uint8Array(this.#bytes);
    payload[0] = this.#conformity;
    payload[2] = this.#objects & 0xff;
    payload[3] = this.#objects >> 8;
    let at = HEADER_BYTES;
    for (const part of this.#parts) {
      payload.set(part, at);
      at += part.length;
    }
    return payload;
  }
}

/** Reads the objects of an identification back; undefined when it is none. For tools and tests. */
export function decodeIdentification(payload: Uint8Array): IdentificationObject[] | undefined {
  const objects: IdentificationObject[] = [];
  let at = HEADER_BYTES;
  for (; at + 2 <= payload.length; at += 2 + payload[at + 1]!) {
    objects.push({ id: payload[at]!, value: payload.slice(at + 2, at + 2 + payload[at + 1]!) });
  }
  const count = payload[2]! | (payload[3]! << 8);
  return at === payload.length && objects.length === count ? objects : undefined;
}
