import { REPORT_LIMITS } from '../limits.ts';
import { type LogFile, type LogFolder, systemLogFolder } from './log-file.ts';
import { type SecurityEvent, securityEventJson } from './security-event.ts';

/** Events that wait for the disk. */
const QUEUE_MAX = REPORT_LIMITS.securityEventsWaiting;
const CLOSE_DEADLINE_MS = 2_000;

export interface SecurityLogOptions {
  /** Absolute path. Older files have `.1`, `.2` and so on behind it. */
  readonly file: string;
  /** Size at which a new file begins. */
  readonly maxBytes: number;
  /** How many files there are at most, the newest included. */
  readonly files: number;
  readonly folder?: LogFolder;
  /** Called when events begin to be lost, and when they are written again; not for each event. */
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered: (lost: number) => void;
}

/** What became of the events of this run. */
export interface SecurityLogStatus {
  readonly file: string;
  readonly written: number;
  readonly lost: number;
}

/**
 * A log of security events: one JSON object a line, in files of bounded size and number. A disk that is full or gone costs the
 * events meanwhile, which are counted, and nothing else.
 */
export class SecurityLog {
  readonly #options: SecurityLogOptions;
  readonly #folder: LogFolder;
  readonly #queue: string[] = [];
  #current: LogFile | undefined;
  #bytes = 0;
  #written = 0;
  #lost = 0;
  /** Lost since events could last be written. */
  #lostNow = 0;
  #isFailing = false;
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: SecurityLogOptions) {
    this.#options = options;
    this.#folder = options.folder ?? systemLogFolder;
  }

  /** Queues an event for writing. */
  append(event: SecurityEvent): void {
    if (this.#isClosed || this.#queue.length >= QUEUE_MAX) {
      this.#lose(1);
      return;
    }
    this.#queue.push(`${securityEventJson(event)}\n`);
    this.#working ??= this.#work();
  }

  status(): SecurityLogStatus {
    return { file: this.#options.file, written: this.#written, lost: this.#lost };
  }

  /** Writes what waits, then closes the file; a disk that does not answer is not waited for. */
  async close(): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_DEADLINE_MS);
    });
    await Promise.race([this.#finish(), deadline]);
    clearTimeout(timer);
  }

  async #finish(): Promise<void> {
    await this.#working;
    await this.#current?.close().catch(() => {});
    this.#current = undefined;
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const lines = this.#queue.splice(0);
      try {
        await this.#write(lines);
        this.#recover();
      } catch (error) {
        await this.#fail(error as Error, lines.length);
      }
    }
    this.#working = undefined;
  }

  /** Writes lines in as few pieces as the sizes of files allow. */
  async #write(lines: string[]): Promise<void> {
    while (lines.length > 0) {
      this.#current ??= await this.#open();
      const first = Buffer.byteLength(lines[0] as string);
      if (this.#bytes > 0 && this.#bytes + first > this.#options.maxBytes) await this.#rotate();
      let count = 0;
      let bytes = 0;
      for (const line of lines) {
        if (count > 0 && this.#bytes + bytes + Buffer.byteLength(line) > this.#options.maxBytes) break;
        bytes += Buffer.byteLength(line);
        count++;
      }
      await (this.#current as LogFile).append(lines.slice(0, count).join(''));
      this.#bytes += bytes;
      this.#written += count;
      lines.splice(0, count);
    }
  }

  async #open(): Promise<LogFile> {
    const file = await this.#folder.open(this.#options.file);
    this.#bytes = file.bytes;
    return file;
  }

  async #rotate(): Promise<void> {
    const { file, files } = this.#options;
    await this.#current?.close();
    this.#current = undefined;
    for (let age = files - 1; age > 0; age--)
      await this.#folder.move(age === 1 ? file : `${file}.${age - 1}`, `${file}.${age}`);
    this.#current = await this.#open();
  }

  /** Nothing half written stays: it would swallow the next line. */
  async #fail(error: Error, lost: number): Promise<void> {
    this.#lose(lost);
    if (!this.#isFailing) this.#options.onTrouble(error);
    this.#isFailing = true;
    try {
      await this.#current?.truncate(this.#bytes);
    } catch {
      // Opening it anew cuts it as well.
    }
    await this.#current?.close().catch(() => {});
    this.#current = undefined;
  }

  #lose(count: number): void {
    this.#lost += count;
    this.#lostNow += count;
  }

  #recover(): void {
    this.#isFailing = false;
    if (this.#lostNow === 0) return;
    const lost = this.#lostNow;
    this.#lostNow = 0;
    this.#options.onRecovered(lost);
  }
}
