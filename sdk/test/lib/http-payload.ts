/** A request of the HTTP driver; method and scheme are numbers as docs/http.md has them. */
export interface HttpPayload {
  readonly method: number;
  readonly scheme: number;
  readonly port: number;
  readonly timeoutMs: number;
  readonly host: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** A request of the HTTP driver, taken apart by the drawing in docs/http.md; throws if its lengths do not add up. */
export function readHttpRequest(bytes: Buffer): HttpPayload {
  let at = 20;
  const take = (length: number): string => {
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const [host, path] = [take(bytes.readUInt16LE(4)), take(bytes.readUInt16LE(6))];
  const headers: string[] = [];
  for (const end = at + bytes.readUInt16LE(8); at < end; ) {
    const [nameBytes, valueBytes] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    at += 4;
    headers.push(`${take(nameBytes)}: ${take(valueBytes)}`);
  }
  const body = take(bytes.readUInt32LE(16));
  if (at !== bytes.byteLength || bytes.readUInt16LE(10) !== 0)
    throw new Error(`${bytes.toString('hex')} is no request`);
  return {
    ...{
      method: bytes.readUInt8(0),
      scheme: bytes.readUInt8(1),
      port: bytes.readUInt16LE(2),
      timeoutMs: bytes.readUInt32LE(12),
    },
    ...{ host, path, headers, body },
  };
}
