import { CURSOR_FILE, type CursorFile, type Marks } from './cursor-file.ts';
import type { StoredRecord } from './record.ts';
import { parseSegmentName, Segment } from './segment.ts';
import { SegmentReader } from './segment-reader.ts';
import { readSummary, type SegmentSummary } from './segment-summary.ts';
import { type Storage, systemCode } from './storage.ts';

/** Something in a folder that is not as we left it. */
export interface Finding {
  readonly file: string;
  /** `torn` is the end of a file that the power went off over, which is ordinary; all others cost messages, or repeat some. */
  readonly kind: 'torn' | 'damaged' | 'unreadable' | 'cursor-damaged' | 'cursor-ahead' | 'strange-file';
  readonly bytes: number;
}

/** What a queue finds in its folder. */
export interface Recovered {
  readonly segments: readonly Segment[];
  /** All names that have messages, with the sequence up to which theirs are settled. */
  readonly settledTo: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
  readonly hasCursor: boolean;
  /** The highest that any file names; undefined if none does. */
  readonly epoch: number | undefined;
  readonly sequence: number | undefined;
  /** When the newest was appended, on the line of `JournalTime`. */
  readonly appendedAt: number;
}

/**
 * Reads a folder as it is after whatever happened. It never throws: what cannot be read is a finding.
 *
 * @param sequences the end of those that were given out; undefined if that is not known, and then no cursor is believed
 */
export async function recoverQueue(
  storage: Storage,
  folder: string,
  cursorFile: CursorFile,
  sequences: number | undefined,
): Promise<Recovered> {
  const recovery = new Recovery(storage, folder);
  try {
    const names = await storage.readFolder(folder);
    recovery.hasCursor = names.includes(CURSOR_FILE);
    const marks = recovery.hasCursor ? await recovery.readCursor(cursorFile, sequences) : new Map();
    await recovery.readSegments(names, marks);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') recovery.findings.push({ file: folder, kind: 'unreadable', bytes: 0 });
  }
  return recovery;
}

class Recovery implements Recovered {
  readonly segments: Segment[] = [];
  readonly findings: Finding[] = [];
  readonly settledTo = new Map<string, number>();
  hasCursor = false;
  epoch: number | undefined;
  sequence: number | undefined;
  appendedAt = 0;
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #reader: SegmentReader;
  #marks: Marks = new Map();
  /** The last record of each name so far: what a failed commit left behind comes a second time. */
  readonly #last = new Map<string, number>();

  constructor(storage: Storage, folder: string) {
    this.#storage = storage;
    this.#folder = folder;
    this.#reader = new SegmentReader(storage);
  }

  async readCursor(file: CursorFile, sequences: number | undefined): Promise<Marks> {
    const { marks, isDamaged } = await file.read();
    if (isDamaged) this.findings.push({ file: CURSOR_FILE, kind: 'cursor-damaged', bytes: 0 });
    // Also of a cursor that is not believed: below its marks no message of a later start would be.
    for (const mark of marks.values()) this.#isUsed(mark);
    const isAhead = [...marks.values()].some((mark) => sequences === undefined || mark >= sequences);
    if (!isAhead) return marks;
    // It belongs to other segments than these; to believe it would lose messages.
    this.findings.push({ file: CURSOR_FILE, kind: 'cursor-ahead', bytes: 0 });
    return new Map();
  }

  async readSegments(names: readonly string[], marks: Marks): Promise<void> {
    this.#marks = marks;
    const files = [...names].sort();
    const newest = files.findLast((file) => parseSegmentName(file) !== undefined);
    for (const file of files) {
      const name = parseSegmentName(file);
      if (name !== undefined && Number.isSafeInteger(name.firstSequence) && Number.isSafeInteger(name.epoch)) {
        const segment = new Segment(name, `${this.#folder}/${file}`, this.segments.length);
        this.epoch = Math.max(this.epoch ?? 0, name.epoch);
        this.#isUsed(name.firstSequence);
        if (await this.#readSegment(segment, file, file === newest)) this.segments.push(segment);
      } else if (file !== CURSOR_FILE) this.findings.push({ file, kind: 'strange-file', bytes: 0 });
    }
  }

  async #readSegment(segment: Segment, file: string, isNewest: boolean): Promise<boolean> {
    const damage: { offset: number; bytes: number }[] = [];
    try {
      const { size, summary } = await readSummary(this.#storage, segment.path, segment.name.salt);
      segment.bytes = summary?.bytes ?? size;
      segment.summaryBytes = size - segment.bytes;
      if (summary !== undefined && this.#believe(segment, summary)) return true;
      await this.#reader.read(segment, 0, (found, offset) => {
        if (found.kind === 'damage') extend(damage, offset, found.bytes);
        else this.#count(segment, found.record);
        return true;
      });
    } catch {
      this.findings.push({ file, kind: 'unreadable', bytes: segment.bytes });
      return false;
    }
    const last = damage.at(-1);
    if (last !== undefined && last.offset + last.bytes === segment.bytes) {
      damage.pop();
      await this.#cut(segment, last.offset);
      // The power goes off over the first commit of the newest only.
      const kind = last.offset === 0 && !isNewest ? 'damaged' : 'torn';
      this.findings.push({ file, kind, bytes: last.bytes });
    }
    for (const { bytes } of damage) this.findings.push({ file, kind: 'damaged', bytes });
    return true;
  }

  /** False when some of the messages of a name are settled and others are not: then each of them has to be looked at. */
  #believe(segment: Segment, { records, expiresAt = Infinity, appendedAt, names }: SegmentSummary): boolean {
    const before = (name: string) => this.#last.get(name) ?? this.#marks.get(name) ?? -1;
    if (names.some(([name, , first, last]) => before(name) >= first && before(name) < last)) return false;
    for (const [name, count, first, last] of names) {
      this.#meet(name);
      this.#isUsed(last);
      if (before(name) >= first) continue;
      segment.live += count;
      this.#last.set(name, last);
    }
    Object.assign(segment, { records, expiresAt, appendedAt });
    this.appendedAt = Math.max(this.appendedAt, appendedAt);
    return true;
  }

  #isUsed(sequence: number): void {
    this.sequence = Math.max(this.sequence ?? 0, sequence);
  }

  #meet(name: string): void {
    if (!this.settledTo.has(name)) this.settledTo.set(name, this.#marks.get(name) ?? -1);
  }

  #count(segment: Segment, record: StoredRecord): void {
    const { name } = record;
    segment.records++;
    this.#isUsed(record.sequence);
    this.appendedAt = Math.max(this.appendedAt, record.appendedAt);
    this.#meet(name);
    if (record.sequence <= (this.#last.get(name) ?? this.#marks.get(name) ?? -1)) return;
    this.#last.set(name, record.sequence);
    segment.live++;
    segment.expiresAt = Math.max(segment.expiresAt, record.expiresAt);
  }

  /** Nothing is ever appended to an old segment, so one that cannot be cut does no harm. */
  async #cut(segment: Segment, bytes: number): Promise<void> {
    segment.bytes = bytes;
    segment.summaryBytes = 0;
    try {
      const file = await this.#storage.open(segment.path, 'update');
      try {
        await file.truncate(bytes);
      } finally {
        await file.close();
      }
    } catch {
      // A read-only disk.
    }
  }
}

/** What is read in pieces is one damage. */
function extend(damage: { readonly offset: number; bytes: number }[], offset: number, bytes: number): void {
  const last = damage.at(-1);
  if (last !== undefined && last.offset + last.bytes === offset) last.bytes += bytes;
  else damage.push({ offset, bytes });
}
