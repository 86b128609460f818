/** Operations of the attribute protocol [Bluetooth Core 5.4, Vol 3, Part F, 3.4.8]. */
export const ATT = {
  error: 0x01,
  mtuRequest: 0x02,
  readByTypeRequest: 0x08,
  readRequest: 0x0a,
  readBlobRequest: 0x0c,
  readByGroupTypeRequest: 0x10,
  writeRequest: 0x12,
  prepareWriteRequest: 0x16,
  executeWriteRequest: 0x18,
  notification: 0x1b,
  indication: 0x1d,
  confirmation: 0x1e,
} as const;

/** Error codes of the attribute protocol that change what we do [Vol 3, Part F, 3.4.1.1]. */
export const ATT_ERROR = {
  invalidPdu: 0x04,
  authentication: 0x05,
  notSupported: 0x06,
  invalidOffset: 0x07,
  authorization: 0x08,
  notFound: 0x0a,
  notLong: 0x0b,
  unlikely: 0x0e,
  encryption: 0x0f,
} as const;

/** Whether a peer asks for a link that is encrypted. */
export const asksForSecurity = (code: number): boolean =>
  code === ATT_ERROR.authentication || code === ATT_ERROR.authorization || code === ATT_ERROR.encryption;

const CHARACTERISTIC_DECLARATION = 0x2803;

const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

/** Whether a packet is a request, which the other side has to answer; commands and confirmations are not answered. */
export const isRequest = (pdu: Uint8Array): boolean =>
  pdu.length > 0 && (pdu[0]! & 1) === 0 && (pdu[0]! & 0x40) === 0 && pdu[0] !== ATT.confirmation;

/** What is wrong with a response to a request, or how many services and characteristics it lists. */
export function checkResponse(request: Uint8Array, response: Uint8Array): string | number {
  switch (request[0]) {
    case ATT.mtuRequest:
      return response.length === 3 && u16(response, 1) >= 23 ? 0 : 'a wrong answer to the exchange of sizes';
    case ATT.readByGroupTypeRequest:
      return checkList(request, response, [6, 20], (at) => u16(response, at + 2));
    case ATT.readByTypeRequest:
      return u16(request, 5) === CHARACTERISTIC_DECLARATION
        ? checkList(request, response, [7, 21], (at) => u16(response, at + 3))
        : checkDescriptors(request, response);
    case ATT.prepareWriteRequest:
      return isEcho(request, response) ? 0 : 'another value than the one that was sent';
    case ATT.writeRequest:
    case ATT.executeWriteRequest:
      return response.length === 1 ? 0 : 'a wrong answer to a write';
    default:
      return 0;
  }
}

/**
 * Entries of one length, whose handles ascend within the range that was asked for, so that each answer brings a discovery
 * forward. `lastOf` gives the highest handle that an entry names.
 */
function checkList(
  request: Uint8Array,
  response: Uint8Array,
  lengths: readonly number[],
  lastOf: (at: number) => number,
): string | number {
  const length = response[1] ?? 0;
  const bytes = response.length - 2;
  if (!lengths.includes(length) || bytes < length || bytes % length !== 0) return 'a list whose entries have no length';
  let lowest = u16(request, 1);
  const highest = u16(request, 3);
  for (let at = 2; at < response.length; at += length) {
    const first = u16(response, at);
    const last = lastOf(at);
    if (first < lowest || last < first || last > highest) return 'a list whose handles do not ascend';
    lowest = last + 1;
  }
  return bytes / length;
}

/** Looked up for each subscription anew, so that they do not add to what the device lists. */
function checkDescriptors(request: Uint8Array, response: Uint8Array): string | number {
  const checked = checkList(request, response, [4], (at) => u16(response, at));
  return typeof checked === 'string' ? checked : 0;
}

function isEcho(request: Uint8Array, response: Uint8Array): boolean {
  if (request.length !== response.length) return false;
  for (let i = 1; i < request.length; i++) if (request[i] !== response[i]) return false;
  return true;
}
