/** Counts how many of the last `among` readings (1 to 32) were outside and how many were back inside. */
export class Vote {
  private outside: u32 = 0;
  private inside: u32 = 0;
  private mask: u32;

  constructor(
    private need: i32,
    among: i32,
  ) {
    this.mask = among == 32 ? u32.MAX_VALUE : (1 << among) - 1;
  }

  /** Takes in one reading; between the limit and the limit less its hysteresis it is neither outside nor inside. */
  add(isOutside: bool, isInside: bool): void {
    this.outside = ((this.outside << 1) | u32(isOutside)) & this.mask;
    this.inside = ((this.inside << 1) | u32(isInside)) & this.mask;
  }

  /** `need` of the last `among` readings were outside. */
  get raises(): bool {
    return <i32>popcnt(this.outside) >= this.need;
  }

  /** The last `among` readings were all inside. */
  get clears(): bool {
    return this.inside == this.mask;
  }

  reset(): void {
    this.outside = 0;
    this.inside = 0;
  }
}
