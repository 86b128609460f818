/** After so many writes in a row, one read that waits goes before the next write. */
export const WRITES_IN_A_ROW_MAX = 8;

/** What writes may take of a device, or of all units of a line: they go before reads, but do not keep them away for ever. */
export class WriteShare {
  #inARow = 0;

  /** Whether it is the turn of a read, if one waits. */
  get isUsedUp(): boolean {
    return this.#inARow >= WRITES_IN_A_ROW_MAX;
  }

  /** A request was sent. */
  sent(isWrite: boolean): void {
    this.#inARow = isWrite ? this.#inARow + 1 : 0;
  }
}
