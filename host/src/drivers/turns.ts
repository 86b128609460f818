/**
 * What waits, by module: the jobs of each module in their order, and the modules in turn, so that a module which asks for much
 * delays only itself. It has no capacity of its own: whoever adds looks at `countOf` first.
 */
export class Turns<Job> {
  /** The module that was served longest ago comes first. None of the lists is empty. */
  readonly #lines = new Map<string, Job[]>();

  /** All jobs, those of a module in their order. */
  get jobs(): readonly Job[] {
    return [...this.#lines.values()].flat();
  }

  countOf(module: string): number {
    return this.#lines.get(module)?.length ?? 0;
  }

  add(module: string, job: Job): void {
    const line = this.#lines.get(module);
    if (line === undefined) this.#lines.set(module, [job]);
    else line.push(job);
  }

  /** Takes the first job of the module whose turn it is among those that may go on. */
  next(mayGoOn: (module: string) => boolean = () => true): Job | undefined {
    for (const [module, line] of this.#lines) {
      if (!mayGoOn(module)) continue;
      const job = line.shift();
      this.#lines.delete(module);
      if (line.length > 0) this.#lines.set(module, line);
      return job;
    }
    return undefined;
  }

  /** Takes one job out; false when it does not wait. */
  remove(module: string, job: Job): boolean {
    const line = this.#lines.get(module);
    const at = line?.indexOf(job) ?? -1;
    if (line === undefined || at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(module);
    return true;
  }
}
