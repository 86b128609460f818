import { AdaptiveMean } from './adaptive-mean';
import { Vote } from './vote';

/** What one reading changed. */
export const enum Change {
  none,
  raised,
  cleared,
}

/** One rule on one field: fixed limits, or a distance from what was learned. */
export abstract class Rule {
  name: string = '';
  field: string = '';
  severity: string = 'warning';
  stops: bool = false;
  /** The rule judges only while this field is above `whenAbove`; empty for always. */
  when: string = '';
  whenAbove: f64 = 0;
  vote: Vote = new Vote(1, 1);
  raised: bool = false;
  /** Time of the event that raised it, made unique: the number in the id of the incident. */
  incident: f64 = 0;
  /** The limit that the last reading outside crossed. */
  crossed: f64 = NaN;

  /** Takes in one finite reading. */
  judge(value: f64): Change {
    if (!this.look(value)) return Change.none;
    if (!this.raised && this.vote.raises) {
      this.raised = true;
      return Change.raised;
    }
    if (this.raised && this.vote.clears) {
      this.raised = false;
      return Change.cleared;
    }
    return Change.none;
  }

  /** Votes on one reading and remembers the limit; false when it cannot judge yet. */
  protected abstract look(value: f64): bool;
}

/** Fixed limits with hysteresis; a limit that is not set is NaN, and no number is above or below NaN. */
export class LimitRule extends Rule {
  constructor(
    private low: f64,
    private high: f64,
    private hysteresis: f64,
  ) {
    super();
  }

  protected look(value: f64): bool {
    const isHigh = value > this.high;
    const isLow = value < this.low;
    if (isHigh) this.crossed = this.high;
    if (isLow) this.crossed = this.low;
    this.vote.add(isHigh || isLow, !(value > this.high - this.hysteresis || value < this.low + this.hysteresis));
    return true;
  }
}

/** Distance from the learned mean in standard deviations; readings outside are not learned from. */
export class DeviationRule extends Rule {
  constructor(
    private zScore: f64,
    private hysteresis: f64,
    private floor: f64,
    readonly learned: AdaptiveMean,
  ) {
    super();
  }

  protected look(value: f64): bool {
    const learned = this.learned;
    if (!learned.isReady) {
      learned.learn(value);
      return false;
    }
    const deviation = learned.deviation(this.floor);
    const distance = Math.abs(value - learned.mean) / deviation;
    const isOutside = distance > this.zScore;
    if (isOutside) this.crossed = learned.mean + (value > learned.mean ? this.zScore : -this.zScore) * deviation;
    else learned.learn(value);
    this.vote.add(isOutside, distance <= this.zScore - this.hysteresis);
    return true;
  }
}
