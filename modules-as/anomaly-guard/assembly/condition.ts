/** When a rule judges: while a field is above a value, and for how long it has been. */
export class Condition {
  private isKnown: bool = false;
  private isOn: bool = false;
  private armedMs: f64 = 0;

  constructor(
    readonly field: string,
    private above: f64,
    private forMs: f64,
  ) {}

  /**
   * Whether the rule judges now. At the first value ever it does so at once: the module may have been restarted in the middle of a
   * run, and cannot know for how long it lasts. A missing value (NaN) changes nothing.
   */
  holds(value: f64, nowMs: f64): bool {
    if (!isNaN(value)) {
      const isOn = value > this.above;
      if (isOn && !this.isOn) this.armedMs = this.isKnown ? nowMs + this.forMs : nowMs;
      this.isOn = isOn;
      this.isKnown = true;
    }
    return this.isOn && nowMs >= this.armedMs;
  }
}
