import { createHmac } from 'node:crypto';

export interface SasTokenRequest {
  /** What the token gives access to, not percent-encoded, such as `hub/devices/pump-7`. */
  readonly resource: string;
  /** The shared access key, in base64. */
  readonly key: string;
  /** End of the token's life, in whole seconds since 1970. */
  readonly expiresAtSeconds: number;
}

/**
 * A shared access signature: HMAC-SHA256 with the key over the encoded resource, a line feed and the expiry.
 *
 * The order of the fields and the encoding are those of the IoT Hub device clients, because a hub checks the signature
 * over the resource as it stands in the token.
 */
export function createSasToken(request: SasTokenRequest): string {
  const resource = encodeStrictly(request.resource);
  const signature = createHmac('sha256', Buffer.from(request.key, 'base64'))
    .update(`${resource}\n${request.expiresAtSeconds}`)
    .digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeStrictly(signature)}&se=${request.expiresAtSeconds}`;
}

/** Percent-encoding that also covers `! ' ( ) *`, with lower-case digits for these, as the clients do. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}
