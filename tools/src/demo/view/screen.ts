import { writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { type Line, paint } from './paint.ts';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'; // a screen of our own, no cursor, no wrapping, empty
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const BEGIN = '\x1b[?2026h'; // what follows is one frame, for terminals that know about frames
const END = '\x1b[?2026l';

/**
 * A terminal taken over for a picture. Only lines that changed are written, in one piece, so nothing flickers. Whatever ends the
 * process, the terminal is given back as it was.
 */
export class Screen {
  readonly #output: WriteStream;
  readonly #hasColor: boolean;
  #shown: string[] = [];
  #isOpen = false;
  readonly #restore = (): void => this.#leave();
  readonly #resized = (): void => this.#forget();

  private constructor(output: WriteStream, hasColor: boolean) {
    this.#output = output;
    this.#hasColor = hasColor;
  }

  static open(output: WriteStream, hasColor: boolean): Screen {
    const screen = new Screen(output, hasColor);
    screen.#isOpen = true;
    output.write(ENTER);
    output.on('resize', screen.#resized);
    process.on('exit', screen.#restore);
    return screen;
  }

  get width(): number {
    return this.#output.columns || 80;
  }

  get height(): number {
    return this.#output.rows || 24;
  }

  /** Shows a picture; a frame is skipped while the terminal has not taken the last one. */
  show(lines: readonly Line[]): void {
    if (!this.#isOpen || this.#output.writableNeedDrain) return;
    const wanted = lines.map((line) => paint(line, this.#hasColor));
    let frame = '';
    wanted.forEach((text, row) => {
      if (text !== this.#shown[row]) frame += `\x1b[${row + 1};1H${text}`;
    });
    this.#shown = wanted;
    if (frame !== '') this.#output.write(BEGIN + frame + END);
  }

  /** Gives the terminal back. */
  close(): void {
    this.#output.off('resize', this.#resized);
    process.off('exit', this.#restore);
    this.#leave();
  }

  #forget(): void {
    this.#shown = [];
    if (this.#isOpen) this.#output.write('\x1b[2J');
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // At exit nothing asynchronous is written any more.
    try {
      writeSync((this.#output as WriteStream & { fd: number }).fd, LEAVE);
    } catch {
      // The terminal itself is gone.
    }
  }
}
