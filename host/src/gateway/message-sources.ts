/** Where a message comes from, as receivers in any cell see it. */
export interface MessageSource {
  readonly id: number;
  /** Text for `message.source` [ABI-4.4], in UTF-8. */
  readonly text: Uint8Array;
}

/** Numbers the sources of messages that cross from one cell to another, the same for all cells and for good. */
export class MessageSources {
  readonly #byName = new Map<string, MessageSource>();

  /** @param name `device/module/output` */
  named(name: string): MessageSource {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const source = { id: this.#byName.size, text: new TextEncoder().encode(name) };
    this.#byName.set(name, source);
    return source;
  }
}
