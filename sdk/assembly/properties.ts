import { decode, encode, encodeToScratch, scratchOf } from './utf8';

// A property block [ABI-4.5]: entries one after the other, no padding.
// ╒════════╤════════╤════════════╤══════════════╕
// │ k: u16 │ v: u16 │ key, UTF-8 │ value, UTF-8 │  next entry ...
// └────────┴────────┴────────────┴──────────────┘
//  0        2        4            4+k            4+k+v

/**
 * Reads a property block entry by entry.
 *
 * ```ts
 * import { log, Message, PropertyReader } from '@gatehouse/sdk';
 *
 * export function show(message: Message): void {
 *   const properties: PropertyReader = message.properties;
 *   while (properties.next()) log.info(`${properties.key}=${properties.value}`);
 * }
 * ```
 */
export class PropertyReader {
  private entry: usize = 0;
  private following: usize;
  private end: usize;

  /** @unsafe The block must lie in memory and stay there while it is read. */
  constructor(block: usize, bytes: usize) {
    this.following = block;
    this.end = block + bytes;
  }

  /** Goes to the next entry, the first at the first call. False behind the last one. */
  next(): bool {
    if (this.following >= this.end) return false;
    const entry = this.following;
    this.entry = entry;
    this.following = entry + 4 + load<u16>(entry) + load<u16>(entry, 2);
    return true;
  }

  /** Name of the entry. */
  get key(): string {
    return decode(this.entry + 4, load<u16>(this.entry));
  }

  /** Value of the entry. */
  get value(): string {
    return decode(this.entry + 4 + load<u16>(this.entry), load<u16>(this.entry, 2));
  }
}

/** Value of the entry of that name in a block, or null. */
export function findProperty(block: usize, bytes: usize, name: string): string | null {
  const nameBytes = <usize>encodeToScratch(name);
  const end = block + bytes;
  while (block < end) {
    const keyBytes: usize = load<u16>(block);
    const valueBytes: usize = load<u16>(block, 2);
    const value = block + 4 + keyBytes;
    if (keyBytes == nameBytes && memory.compare(block + 4, scratchOf(0), keyBytes) == 0)
      return decode(value, valueBytes);
    block = value + valueBytes;
  }
  return null;
}

/**
 * Properties for a message that is emitted. Reuse one object: `clear` keeps its memory.
 *
 * ```ts
 * import { Output, Properties } from '@gatehouse/sdk';
 *
 * const alarms = new Output('alarms');
 * const properties = new Properties();
 *
 * export function raise(level: string): void {
 *   alarms.emitText('pressure', properties.clear().set('level', level));
 * }
 * ```
 */
export class Properties {
  private buffer: ArrayBuffer = new ArrayBuffer(64);
  private size: i32 = 0;

  /** Removes all entries. */
  clear(): this {
    this.size = 0;
    return this;
  }

  /**
   * Appends an entry. Keys must not be empty or repeated, and only some that begin with `$.` may be set [ABI-4.5]; emit
   * answers `Invalid` otherwise. Key and value may have 65,535 bytes of UTF-8 together with all other entries.
   */
  set(key: string, value: string): this {
    const room = this.size + 4 + (key.length + value.length) * 3;
    if (room > this.buffer.byteLength) {
      this.buffer = changetype<ArrayBuffer>(__renew(changetype<usize>(this.buffer), max(room, this.size << 1)));
    }
    const entry = this.pointer + this.size;
    const keyBytes = encode(key, entry + 4);
    const valueBytes = encode(value, entry + 4 + keyBytes);
    assert(keyBytes <= 0xffff && valueBytes <= 0xffff, 'property too long');
    store<u16>(entry, keyBytes);
    store<u16>(entry, valueBytes, 2);
    this.size += 4 + keyBytes + valueBytes;
    return this;
  }

  /** Where the block begins; valid until the next `set`. */
  get pointer(): usize {
    return changetype<usize>(this.buffer);
  }

  /** Length of the block in bytes. */
  get byteLength(): i32 {
    return this.size;
  }
}
