/** The payload of an answer over HTTP with these headers and no body, as docs/http.md draws it. */
export function httpAnswer(headers: Readonly<Record<string, string>> = {}): Buffer {
  const block = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const lengths = Buffer.alloc(4);
      lengths.writeUInt16LE(name.length, 0);
      lengths.writeUInt16LE(value.length, 2);
      return Buffer.concat([lengths, Buffer.from(name + value)]);
    }),
  );
  const head = Buffer.alloc(8);
  head.writeUInt16LE(block.length, 0);
  return Buffer.concat([head, block]);
}
