import { JOURNAL_LIMITS } from '../limits.ts';
import { decodeChecked, encodeChecked } from './checked-text.ts';
import { type Storage, type StorageFile, systemCode, writeFully } from './storage.ts';

/** Name of the file in the folder of a queue. */
export const CURSOR_FILE = 'cursor';

const { cursorSlotBytes: SLOT_BYTES } = JOURNAL_LIMITS;

/** Up to which sequence the messages of each name are settled. Who is not named has to be read from the beginning. */
export type Marks = ReadonlyMap<string, number>;

export interface Cursor {
  readonly marks: Marks;
  readonly isDamaged: boolean;
}

interface Content {
  readonly generation: number;
  readonly marks: readonly (readonly [name: string, sequence: number])[];
}

/**
 * How far a queue is settled, written in place: two slots that take turns, so that one of them is whole whenever the power
 * goes, and a write costs the page it changes and nothing of the file system's own.
 *
 * ```text
 *  0                                 16,384
 *  +---------------------------------+---------------------------------+
 *  | CRC-32 length {generation, ...} | CRC-32 length {generation, ...} |   the higher generation counts
 *  +---------------------------------+---------------------------------+
 * ```
 */
export class CursorFile {
  readonly #storage: Storage;
  readonly #folder: string;
  #generation = 0;
  #file: StorageFile | undefined;

  constructor(storage: Storage, folder: string) {
    this.#storage = storage;
    this.#folder = folder;
  }

  /** Never throws: what cannot be read is no cursor. */
  async read(): Promise<Cursor> {
    let bytes: Buffer;
    try {
      bytes = await this.#readFile();
    } catch (error) {
      return { marks: new Map(), isDamaged: systemCode(error) !== 'ENOENT' };
    }
    const slots = [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES)].filter((slot) => slot.some(Boolean));
    const contents = slots.map((slot) => asContent(decodeChecked(slot))).filter((content) => content !== undefined);
    const [newest] = contents.sort((a, b) => b.generation - a.generation);
    this.#generation = newest?.generation ?? 0;
    // That the power went off over one of them is ordinary.
    return { marks: new Map(newest?.marks), isDamaged: slots.length > 0 && newest === undefined };
  }

  /** Gives how many bytes it wrote. Marks beyond the room of a slot are left out: their messages are sent again. */
  async write(marks: Marks): Promise<number> {
    const isNew = this.#file === undefined;
    this.#file ??= await this.#storage.open(this.#path, 'update');
    const generation = this.#generation + 1;
    const bytes = encodeSlot(generation, [...marks]);
    await writeFully(this.#file, bytes, (generation % 2) * SLOT_BYTES);
    await this.#file.datasync();
    if (isNew) await this.#storage.syncFolder(this.#folder);
    // One that failed is written anew in the same slot: the other one may be the last that is whole.
    this.#generation = generation;
    return bytes.byteLength;
  }

  /** For a queue that has nothing left: the disk goes back to what it was. */
  async remove(): Promise<void> {
    await this.close();
    try {
      await this.#storage.unlink(this.#path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  get #path(): string {
    return `${this.#folder}/${CURSOR_FILE}`;
  }

  async #readFile(): Promise<Buffer> {
    const file = await this.#storage.open(this.#path, 'read');
    try {
      const bytes = Buffer.alloc(2 * SLOT_BYTES);
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  }
}

function encodeSlot(generation: number, marks: Content['marks']): Buffer {
  for (let kept = marks; ; ) {
    const bytes = encodeChecked({ generation, marks: kept } satisfies Content);
    if (bytes.byteLength <= SLOT_BYTES) return bytes;
    kept = kept.slice(0, Math.floor((kept.length * SLOT_BYTES) / bytes.byteLength));
  }
}

/** Strict: we wrote it, so that anything else is damage. */
function asContent(value: unknown): Content | undefined {
  const { generation, marks } = (value ?? {}) as Partial<Content>;
  const isWhole =
    Number.isSafeInteger(generation) &&
    Array.isArray(marks) &&
    marks.every((mark) => Array.isArray(mark) && typeof mark[0] === 'string' && Number.isSafeInteger(mark[1]));
  return isWhole ? (value as Content) : undefined;
}
