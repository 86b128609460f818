/** One instance of a module as a driver knows it: what it asked for ends with it, and nothing is answered to it any more. */
export interface ModuleSession {
  readonly module: string;
  isOver: boolean;
}

/** The instances that have asked a driver for something. */
export class ModuleSessions {
  readonly #sessions = new Map<string, ModuleSession>();

  /** That of a module which asks; it begins with its first request. */
  of(module: string): ModuleSession {
    let session = this.#sessions.get(module);
    if (session === undefined) {
      session = { module, isOver: false };
      this.#sessions.set(module, session);
    }
    return session;
  }

  /** The instance is gone; undefined when it has asked for nothing. */
  end(module: string): ModuleSession | undefined {
    const session = this.#sessions.get(module);
    if (session !== undefined) session.isOver = true;
    this.#sessions.delete(module);
    return session;
  }
}
