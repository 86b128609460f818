/** A name and its value, as the uplink has them. */
type Property = readonly [name: string, value: string];

/** What a message for the hub has besides its body; id and time are those of its record. */
export interface MessageHead {
  /** The output of the module that sent it; absent for messages of a device. */
  readonly output?: string;
  readonly properties: readonly Property[];
}

/** Properties that most messages have. What is written once stays: add behind the last one only. */
const WHOLE: readonly Property[] = [
  ['$.ct', 'application/json'],
  ['$.ce', 'utf-8'],
];
/** Names that come with changing values. */
const NAMES = ['$.mid', '$.cid', '$.ctime', '$.ct', '$.ce', '$.uid', '$.exp', '$.to', 'leafDeviceId'] as const;
const FREE = 0;
const FIRST_WHOLE = 0x01;
const FIRST_NAME = 0x40;
const WHOLE_CODES = new Map(WHOLE.map(([name, value], index) => [`${name}=${value}`, FIRST_WHOLE + index]));
const NAME_CODES = new Map<string, number>(NAMES.map((name, index) => [name, FIRST_NAME + index]));

/**
 * Output and properties in few bytes, because each of them is written to flash: 13 for the JSON of a module instead of the
 * 60 of its topic.
 *
 * ```text
 *  text: length u16, UTF-8
 *  head: output text (empty for none) | property | property | ...
 *  property: 00, name text, value text | 01-3f a whole property of the table | 40-ff a name of the table, value text
 * ```
 */
export function encodeHead({ output = '', properties }: MessageHead): Buffer {
  const parts: Buffer[] = [text(output)];
  for (const [name, value] of properties) {
    const whole = WHOLE_CODES.get(`${name}=${value}`);
    const known = NAME_CODES.get(name);
    if (whole !== undefined) parts.push(Buffer.of(whole));
    else if (known !== undefined) parts.push(Buffer.of(known), text(value));
    else parts.push(Buffer.of(FREE), text(name), text(value));
  }
  return Buffer.concat(parts);
}

/** Undefined when it is none, as one that a later version has written. */
export function decodeHead(head: Buffer): MessageHead | undefined {
  const reader = new HeadReader(head);
  const output = reader.text();
  const properties: Property[] = [];
  while (!reader.isAtEnd) {
    const property = reader.property();
    if (property === undefined) return undefined;
    properties.push(property);
  }
  if (output === undefined) return undefined;
  return output === '' ? { properties } : { output, properties };
}

class HeadReader {
  readonly #head: Buffer;
  #at = 0;

  constructor(head: Buffer) {
    this.#head = head;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#head.length;
  }

  text(): string | undefined {
    if (this.#at + 2 > this.#head.length) return this.#fail();
    const start = this.#at + 2;
    const end = start + this.#head.readUInt16LE(this.#at);
    if (end > this.#head.length) return this.#fail();
    this.#at = end;
    return this.#head.toString('utf8', start, end);
  }

  property(): Property | undefined {
    const code = this.#head[this.#at++]!;
    const whole = WHOLE[code - FIRST_WHOLE];
    if (whole !== undefined) return whole;
    const name = code === FREE ? this.text() : NAMES[code - FIRST_NAME];
    const value = name === undefined ? undefined : this.text();
    return name === undefined || value === undefined ? undefined : [name, value];
  }

  #fail(): undefined {
    this.#at = this.#head.length;
    return undefined;
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.byteLength(value);
  const encoded = Buffer.allocUnsafe(2 + bytes);
  encoded.writeUInt16LE(bytes);
  encoded.write(value, 2);
  return encoded;
}
