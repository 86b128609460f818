import { AdaptiveMean } from './adaptive-mean';
import { Condition } from './condition';
import { Vote } from './vote';

/** What one reading changed. */
export const enum Change {
  none,
  raised,
  cleared,
}

/** One rule on one field: fixed limits with hysteresis, or a distance from what was learned. */
export class Rule {
  /** The next of the settings' rules. A list needs less code than an array. */
  next: Rule | null = null;
  severity: string = '';
  stops: bool = false;
  when: Condition | null = null;
  raised: bool = false;
  /** Time of the event that raised it last, made unique: the number in the id of the incident. */
  incident: f64 = 0;
  /** The reading that raised or cleared it, when that was taken, and the limit that was crossed. */
  value: f64 = NaN;
  time: f64 = 0;
  crossed: f64 = NaN;

  constructor(
    readonly name: string,
    readonly field: string,
    readonly vote: Vote,
    /** Limits; infinite where there is none. For a rule that learns, they are counted in standard deviations from the mean. */
    private low: f64,
    private high: f64,
    private hysteresis: f64,
    /** The least standard deviation of a rule that learns. */
    private floor: f64,
    /** What a rule that learns knows; null for fixed limits. */
    readonly learned: AdaptiveMean | null,
  ) {}

  /** Takes in one finite reading. */
  judge(value: f64): Change {
    const learned = this.learned;
    let centre: f64 = 0;
    let unit: f64 = 1;
    if (learned !== null) {
      if (!learned.isReady) {
        learned.learn(value);
        return Change.none;
      }
      centre = learned.mean;
      unit = learned.deviation(this.floor);
    }
    const position = (value - centre) / unit;
    const isHigh = position > this.high;
    const isOutside = isHigh || position < this.low;
    if (isOutside) this.crossed = centre + (isHigh ? this.high : this.low) * unit;
    // What is out of the ordinary must not become ordinary.
    else if (learned !== null) learned.learn(value);
    const isInside = position <= this.high - this.hysteresis && position >= this.low + this.hysteresis;
    this.vote.add(isOutside, isInside);
    return this.decide();
  }

  private decide(): Change {
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
}
