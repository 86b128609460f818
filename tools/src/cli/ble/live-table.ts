/** Lines on a terminal that are written over each time; what does not fit on it is left out. */
export class LiveTable {
  #drawn = 0;

  draw(lines: readonly string[]): void {
    const room = Math.max(2, (process.stdout.rows || 24) - 2);
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more`];
    process.stdout.write(`${this.#back()}${shown.join('\n')}\n`);
    this.#drawn = shown.length;
  }

  /** Takes the lines away. */
  clear(): void {
    process.stdout.write(this.#back());
    this.#drawn = 0;
  }

  #back(): string {
    return this.#drawn === 0 ? '' : `\x1b[${this.#drawn}A\x1b[J`;
  }
}
