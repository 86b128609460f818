import { BLE_LIMITS } from '../limits.ts';
import { ATT, ATT_ERROR, asksForSecurity, checkResponse, isRequest } from './att.ts';

/** What becomes of a packet of a peer before the library sees it. */
export type Verdict =
  | { readonly kind: 'pass'; readonly pdu: Uint8Array }
  /** Nothing that concerns us. */
  | { readonly kind: 'ignore' }
  /** The peer refuses our request: `pdu` is passed, unless the library would go wrong with it. */
  | { readonly kind: 'refusal'; readonly request: number; readonly code: number; readonly pdu: Uint8Array | undefined }
  /** The peer breaks the rules; the link has to end. */
  | { readonly kind: 'violation'; readonly reason: string };

const MTU_DEFAULT = 23;
const IGNORE: Verdict = { kind: 'ignore' };

const violation = (reason: string): Verdict => ({ kind: 'violation', reason });

/**
 * Judges what the peer of one link sends by the attribute protocol [Bluetooth Core 5.4, Vol 3, Part F]: a response must belong to the
 * request that waits, have its layout, and bring a discovery forward. The library believes everything: there a list with
 * entries of no length is a loop without end, and an answer of another kind an empty value.
 */
export class AttGate {
  mtu = MTU_DEFAULT;
  #waiting: Uint8Array | undefined;
  #attributes = 0;
  #peerRequests = 0;

  /** Notes what we send; gives what is wrong with it. */
  sent(pdu: Uint8Array): string | undefined {
    if (isRequest(pdu)) this.#waiting = pdu;
    if (pdu[0] !== ATT.readBlobRequest) return undefined;
    return (pdu[3]! | (pdu[4]! << 8)) > BLE_LIMITS.valueBytes ? 'a value longer than any may be' : undefined;
  }

  received(pdu: Uint8Array): Verdict {
    if (pdu.length === 0) return violation('an empty packet');
    if (pdu.length > this.mtu) return violation(`a packet of ${pdu.length} bytes, of which ${this.mtu} are allowed`);
    if (pdu[0] === ATT.notification || pdu[0] === ATT.indication)
      return pdu.length >= 3 ? { kind: 'pass', pdu } : violation('a notification without a handle');
    if (pdu[0] === ATT.error) return this.#error(pdu);
    return (pdu[0]! & 1) === 0 ? this.#request(pdu) : this.#response(pdu);
  }

  #error(pdu: Uint8Array): Verdict {
    const waiting = this.#waiting;
    if (waiting === undefined) return violation('an answer to nothing');
    if (pdu.length !== 5 || pdu[1] !== waiting[0]) return violation('an error that belongs to no request');
    this.#waiting = undefined;
    const request = waiting[0]!;
    const code = pdu[4]!;
    if (request === ATT.mtuRequest) return { kind: 'pass', pdu: withCode(pdu, ATT_ERROR.notSupported) };
    // What is left of a long write would be written all the same, and of an invalid request the end awaited for ever.
    const isHarmful = request === ATT.prepareWriteRequest;
    const passed = code === ATT_ERROR.invalidPdu ? withCode(pdu, ATT_ERROR.unlikely) : pdu;
    return { kind: 'refusal', request, code, pdu: isHarmful && !asksForSecurity(code) ? undefined : passed };
  }

  #response(pdu: Uint8Array): Verdict {
    const waiting = this.#waiting;
    if (waiting === undefined) return violation('an answer to nothing');
    if (pdu[0] !== waiting[0]! + 1) return violation('an answer of another kind than its request');
    const checked = checkResponse(waiting, pdu);
    if (typeof checked === 'string') return violation(checked);
    this.#attributes += checked;
    if (this.#attributes > BLE_LIMITS.attributes) return violation(`more than ${BLE_LIMITS.attributes} attributes`);
    this.#waiting = undefined;
    return { kind: 'pass', pdu: waiting[0] === ATT.mtuRequest ? this.#agreeOnMtu(pdu) : pdu };
  }

  /** The library takes the size that the peer names, which may be more than we offered, and then takes long values for short ones. */
  #agreeOnMtu(pdu: Uint8Array): Uint8Array {
    this.mtu = Math.min(pdu[1]! | (pdu[2]! << 8), BLE_LIMITS.mtu);
    return Uint8Array.of(pdu[0]!, this.mtu & 0xff, this.mtu >> 8);
  }

  /** The peer takes us for a server. The library answers requests; what asks for no answer is nothing to us. */
  #request(pdu: Uint8Array): Verdict {
    if (!isRequest(pdu)) return IGNORE;
    if (++this.#peerRequests > BLE_LIMITS.peerRequests) return violation('too many requests to the gateway');
    if (pdu[0] !== ATT.mtuRequest) return { kind: 'pass', pdu };
    return pdu.length === 3 ? { kind: 'pass', pdu } : violation('a wrong request for the exchange of sizes');
  }
}

function withCode(pdu: Uint8Array, code: number): Uint8Array {
  const changed = pdu.slice();
  changed[4] = code;
  return changed;
}
