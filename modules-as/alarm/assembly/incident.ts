/** Severities from light to grave; their index is their rank. */
export const SEVERITIES: string[] = ['info', 'warning', 'critical'];

/** Most rules an incident names. */
export const CAUSES_MAX: i32 = 16;

/** One rule that takes part in an incident. */
export class Cause {
  constructor(
    readonly rule: string,
    public anomaly: string,
    public isRaised: bool,
    /** What is being done about it, as the anomaly said; empty for nothing. */
    public action: string,
  ) {}
}

/** What the operator sees as one alarm: every anomaly of one group from the first that was raised until all are cleared. */
export class Incident {
  readonly causes: Cause[] = [];
  rank: i32 = 0;
  /** How often it was escalated. */
  level: i32 = 0;
  isAcknowledged: bool = false;
  acknowledgedBy: string = '';
  /** Wall-clock time since which no cause is raised; 0 while one is. */
  quietSinceMs: f64 = 0;
  /** The same two moments on the monotonic clock of this instance. */
  raisedAt: f64 = 0;
  quietAt: f64 = 0;

  constructor(
    readonly id: string,
    readonly group: string,
    readonly device: string,
    /** Wall-clock time of the first anomaly. */
    readonly sinceMs: f64,
  ) {}

  get severity(): string {
    return SEVERITIES[this.rank];
  }

  get isQuiet(): bool {
    return this.quietSinceMs != 0;
  }

  cause(rule: string): Cause | null {
    for (let i = 0; i < this.causes.length; i++) {
      if (this.causes[i].rule == rule) return this.causes[i];
    }
    return null;
  }

  /** True when some cause is still raised. */
  hasRaised(): bool {
    for (let i = 0; i < this.causes.length; i++) {
      if (this.causes[i].isRaised) return true;
    }
    return false;
  }
}
