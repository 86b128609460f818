import type { GatewayStatus } from './status.ts';

/** How long a report waits for the threads of the modules; after that it gets what was known before. */
const DEADLINE_MS = 1_000;

/** The last status of the gateway that was gathered whole. A thread that does not answer makes it old, and holds nobody up. */
export class KnownStatus {
  readonly #gather: () => Promise<GatewayStatus>;
  #last: GatewayStatus | undefined;
  #gatheredAt = 0;

  constructor(gather: () => Promise<GatewayStatus>) {
    this.#gather = gather;
  }

  /** Undefined before the first. */
  get last(): GatewayStatus | undefined {
    return this.#last;
  }

  get ageSeconds(): number {
    return this.#last === undefined ? process.uptime() : (performance.now() - this.#gatheredAt) / 1000;
  }

  /** Gathers it anew, within a deadline. */
  async refresh(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DEADLINE_MS);
    });
    const fresh = this.#gather().then(
      (status) => {
        this.#last = status;
        this.#gatheredAt = performance.now();
      },
      () => {},
    );
    await Promise.race([fresh, deadline]);
    clearTimeout(timer);
  }
}
