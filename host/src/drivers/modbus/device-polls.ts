import type { Clock } from '../clock.ts';
import type { RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import type { ModbusConfig } from './config.ts';
import type { Job } from './job.ts';
import { Poll } from './poll.ts';
import { PollGroup } from './poll-group.ts';
import { PRIORITIES } from './priority.ts';
import type { RegisterRange } from './register-range.ts';

export interface DevicePollsOptions {
  readonly config: ModbusConfig;
  /** Declared ranges by poll. */
  readonly polls: ReadonlyMap<string, readonly RegisterRange[]>;
  readonly clock: Clock;
  readonly submit: (job: Job) => void;
}

interface GroupedPoll {
  readonly poll: Poll;
  readonly group: PollGroup;
}

/** All polls of a device; those with the same interval and priority are read together. */
export class DevicePolls {
  readonly #polls = new Map<string, GroupedPoll>();
  readonly #groups = new Map<string, PollGroup>();

  constructor(options: DevicePollsOptions) {
    const { config, clock, submit } = options;
    const { maxGap } = config;
    for (const [name, ranges] of options.polls) {
      const { intervalMs, priority = 'normal' } = config.polls[name]!;
      const key = `${intervalMs} ${priority}`;
      const group =
        this.#groups.get(key) ?? new PollGroup({ intervalMs, priority: PRIORITIES[priority], maxGap, clock, submit });
      const poll = new Poll({ ranges, maxGap, intervalMs, priority, clock });
      group.add(poll);
      this.#groups.set(key, group);
      this.#polls.set(name, { poll, group });
    }
  }

  has(name: string): boolean {
    return this.#polls.has(name);
  }

  subscribe(name: string, caller: RequestCaller, session: ModuleSession): void {
    const found = this.#polls.get(name);
    found?.group.subscribe(found.poll, caller, session);
  }

  endSession(session: ModuleSession): void {
    for (const group of this.#groups.values()) group.endSession(session);
  }

  close(): void {
    for (const group of this.#groups.values()) group.close();
  }

  /** State and counters by name. */
  status(): Record<string, unknown> {
    return Object.fromEntries([...this.#polls].map(([name, { poll }]) => [name, poll.status()]));
  }
}
