/** What one window is, from the desired properties. */
export class WindowSettings {
  constructor(
    readonly name: string,
    readonly lengthMs: i64,
    readonly slideMs: i64,
    readonly fields: string[],
  ) {}

  get isSliding(): bool {
    return this.slideMs != this.lengthMs;
  }

  /** Number of slides in a window. */
  get slides(): i64 {
    return this.lengthMs / this.slideMs;
  }

  /** Number of slides that may be open at the same time: those of a window, the one that fills, and those that wait for late readings. */
  rows(latenessMs: i64): i32 {
    return <i32>(this.slides + (latenessMs + this.slideMs - 1) / this.slideMs + 1);
  }
}
