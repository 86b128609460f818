import { RateLimit } from '../cell/rate-limit.ts';
import { type Clock, systemClock, type Timer } from '../drivers/clock.ts';
import type { WriteAudit, WriteOutcome } from '../drivers/index.ts';
import { REPORT_LIMITS } from '../limits.ts';
import { LEVEL, type Log, type LogEntry } from './log.ts';

/** How long writes are counted that had no line, before a line says how many they were. */
const TELL_AFTER_MS = 10_000;

interface ModuleAudit {
  readonly rate: RateLimit;
  /** Writes without a line, by outcome. */
  readonly leftOut: Map<WriteOutcome, number>;
  tell?: Timer;
}

/**
 * The log of writes to devices and servers: a line each, whoever made it and however it ended. A module that writes without
 * end gets so many lines a second, and then one that says how many writes had none, so that it neither fills a disk nor hides
 * what others write. What the host writes in the place of a module always has its line.
 */
export class WriteAuditLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #modules = new Map<string, ModuleAudit>();

  constructor(log: Log, clock: Clock = systemClock) {
    this.#log = log;
    this.#clock = clock;
  }

  add(write: WriteAudit): void {
    const audit = this.#auditOf(write.module);
    if (write.origin === 'fail-safe' || audit.rate.allows(this.#clock.now())) {
      this.#log(auditEntry(write));
      return;
    }
    audit.leftOut.set(write.outcome, (audit.leftOut.get(write.outcome) ?? 0) + 1);
    audit.tell ??= this.#clock.after(TELL_AFTER_MS, () => this.#tell(write.module, audit));
  }

  /** Tells what was left out and not told yet. */
  close(): void {
    for (const [module, audit] of this.#modules) if (audit.tell !== undefined) this.#tell(module, audit);
  }

  #tell(module: string, audit: ModuleAudit): void {
    audit.tell?.cancel();
    delete audit.tell;
    const outcomes = Object.fromEntries(audit.leftOut);
    audit.leftOut.clear();
    const count = Object.values(outcomes).reduce((sum, each) => sum + each, 0);
    const parts = Object.entries(outcomes).map(([outcome, each]) => `${outcome} ${each}`);
    const text = `${count} writes are not in the log, because there were too many: ${parts.join(', ')}`;
    this.#log({ level: LEVEL.warning, code: 'LIMIT_LOG', module, text, count, details: { auditLeftOut: outcomes } });
  }

  #auditOf(module: string): ModuleAudit {
    let audit = this.#modules.get(module);
    if (audit === undefined) {
      const { auditLinesPerSecond, auditBurstSeconds } = REPORT_LIMITS;
      audit = { rate: new RateLimit(auditLinesPerSecond, auditBurstSeconds), leftOut: new Map() };
      this.#modules.set(module, audit);
    }
    return audit;
  }
}

function auditEntry(write: WriteAudit): LogEntry {
  const { device, address, values, mask, outcome, origin, client, tookMs } = write;
  const by = origin === 'fail-safe' ? ' as fail-safe' : client === undefined ? '' : ` by ${client}`;
  const bits = mask === undefined ? '' : ` and ${mask.and} or ${mask.or}`;
  const what = values.length === 0 ? `${address}${bits}` : `${address} = ${values.join(' ')}`;
  return {
    level: outcome === 'confirmed' ? LEVEL.info : LEVEL.warning,
    module: write.module,
    ...(write.code === undefined ? {} : { code: write.code }),
    text: `write ${device} ${what}${by}: ${outcome} after ${Math.round(tookMs)} ms`,
    details: { audit: write },
  };
}
