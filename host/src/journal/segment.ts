const HEX = '[0-9a-f]';
const NAME = new RegExp(`^(${HEX}{14})-(${HEX}{14})-(${HEX}{8})\\.segment$`);

/** What the name of a segment says; nothing in the file itself can be damaged so that all of it is lost. */
export interface SegmentName {
  /** No record in it has a lower sequence. */
  readonly firstSequence: number;
  /** The boot epoch of the process that wrote it, and only that one. */
  readonly epoch: number;
  /** What the CRC of its records begins with. */
  readonly salt: number;
}

/** `SEQUENCE-EPOCH-SALT.segment`, in hexadecimal digits, so that names sort in the order of their records. */
export function formatSegmentName({ firstSequence, epoch, salt }: SegmentName): string {
  return `${hex(firstSequence, 14)}-${hex(epoch, 14)}-${hex(salt, 8)}.segment`;
}

/** Undefined for the name of any other file. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [firstSequence, epoch, salt] = match.slice(1).map((digits) => Number.parseInt(digits, 16));
  return { firstSequence: firstSequence!, epoch: epoch!, salt: salt! };
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** One file of a queue, and what is left in it. */
export class Segment {
  readonly name: SegmentName;
  readonly path: string;
  /** Grows by one from segment to segment of a queue. */
  readonly ordinal: number;
  /** Where its records end; what a failed commit left behind that does not count. */
  bytes = 0;
  /** What is in the file behind them. */
  summaryBytes = 0;
  /** Records that are neither settled nor given up. */
  live = 0;
  /** Those of them that are in memory, too. */
  loaded = 0;
  /** Records that were ever put into it, as far as this process knows. */
  records = 0;
  /** When the last of its records has expired. */
  expiresAt = 0;
  /** When the newest of them came. */
  appendedAt = 0;
  /** The queue has given it up; the file goes as soon as nobody writes to it. */
  isDropped = false;

  constructor(name: SegmentName, path: string, ordinal: number) {
    this.name = name;
    this.path = path;
    this.ordinal = ordinal;
  }
}

/** A place between two records of a queue. */
export interface Position {
  readonly ordinal: number;
  readonly offset: number;
}

export function comparePositions(a: Position, b: Position): number {
  return a.ordinal - b.ordinal || a.offset - b.offset;
}
