import { HTTP_LIMITS } from './limits.ts';

/** Who wants a name to be looked up. */
export interface Asker {
  readonly module: string;
  /** Whether the request still goes on. */
  readonly isWanted: () => boolean;
}

interface Waiting {
  readonly asker: Asker;
  /** Called with whether it may begin. */
  readonly go: (may: boolean) => void;
}

interface ModuleLookups {
  pending: number;
  waiting: readonly Waiting[];
}

/**
 * Who may look a name up. A lookup cannot be given up, may take very long, and the system makes only a few at a time, the
 * oldest first: with a bound for each module none can fill that queue, and a module whose names lead nowhere waits for itself.
 */
export class LookupTurns {
  readonly #modules = new Map<string, ModuleLookups>();

  /** Resolves with true when it may begin, and must `end` then; with false when its request was over before. */
  begin(asker: Asker): Promise<boolean> {
    const lookups = this.#modules.get(asker.module) ?? { pending: 0, waiting: [] };
    this.#modules.set(asker.module, lookups);
    if (lookups.pending < HTTP_LIMITS.lookupsByModule) {
      lookups.pending++;
      return Promise.resolve(true);
    }
    return new Promise((go) => {
      // Those of requests that are over leave, so that no more wait than there are requests under way.
      for (const each of lookups.waiting) if (!each.asker.isWanted()) each.go(false);
      lookups.waiting = [...lookups.waiting.filter((each) => each.asker.isWanted()), { asker, go }];
    });
  }

  end(module: string): void {
    const lookups = this.#modules.get(module);
    if (lookups === undefined) return;
    lookups.pending--;
    for (const each of lookups.waiting) {
      lookups.waiting = lookups.waiting.slice(1);
      const isWanted = each.asker.isWanted();
      if (isWanted) lookups.pending++;
      each.go(isWanted);
      if (isWanted) return;
    }
    if (lookups.pending === 0) this.#modules.delete(module);
  }
}
