import type { ErrorCode } from '../errors.ts';
import type { ModuleCounters } from './module-counters.ts';

/** How often the same fault of the same module is reported. */
const REPORT_EVERY_MS = 60_000;

/** Counters that an operator should hear of, with the code and the words for it. */
const FAULTS: readonly (readonly [keyof ModuleCounters, ErrorCode, string])[] = [
  ['denied', 'CAPABILITY_DENIED', 'calls outside the grant denied'],
  ['invalid', 'GUEST_ARGUMENT', 'calls with bad arguments refused'],
  ['unlisted', 'GUEST_ARGUMENT', 'inputs or outputs asked for that the description of the module does not list'],
  ['refused', 'MODULE_REFUSED', 'events refused by the module'],
  ['messageLimit', 'LIMIT_MESSAGE', 'messages or payloads above the limit refused'],
  ['fuelPauses', 'LIMIT_FUEL', 'pauses because the module had used more fuel than it had'],
  ['messageRate', 'LIMIT_MESSAGES', 'messages refused because there were too many in a second'],
  ['jsonLimit', 'LIMIT_JSON', 'calls refused because the host had read much JSON for one event'],
  ['timerLimit', 'LIMIT_TIMERS', 'timers above the limit refused'],
  ['requestLimit', 'LIMIT_REQUESTS', 'device requests above the limit refused'],
  ['stateLimit', 'LIMIT_STATE', 'writes above the grant of state refused'],
  ['twinLimit', 'LIMIT_TWIN', 'reported properties above the limits of a twin refused'],
  ['queueFull', 'LIMIT_QUEUE', 'messages found no room in a queue'],
  ['mailDropped', 'LIMIT_QUEUE', 'events from the host dropped while the module was paused'],
  ['hopsExceeded', 'LIMIT_HOPS', 'messages dropped because they went through too many modules'],
  ['logDropped', 'LIMIT_LOG', 'log lines dropped'],
];

/** Says what a module did that it must not or cannot: at first at once, then with the number of times, once a minute. */
export class FaultReports {
  readonly #reported = new Map<keyof ModuleCounters, { count: number; at: number }>();

  /** Calls `report` for each kind of fault that there is something new to say of. */
  check(counters: ModuleCounters, nowMs: number, report: (code: ErrorCode, text: string, count: number) => void): void {
    for (const [name, code, text] of FAULTS) {
      const count = counters[name];
      if (count === 0) continue;
      const last = this.#reported.get(name);
      if (last !== undefined && (count === last.count || nowMs - last.at < REPORT_EVERY_MS)) continue;
      this.#reported.set(name, { count, at: nowMs });
      const more = count - (last?.count ?? 0);
      report(code, `${text}: ${more}`, more);
    }
  }
}
