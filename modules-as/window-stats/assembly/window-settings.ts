/** What one window is, from the desired properties. */
export class WindowSettings {
  constructor(
    readonly name: string,
    readonly lengthMs: i64,
    readonly slideMs: i64,
    readonly fields: string[],
  ) {}

  /** Number of slides in a window; 1 when it tumbles. */
  get slides(): i64 {
    return this.lengthMs / this.slideMs;
  }

  /** Number of slides that may be open at the same time: those of a window, the one that fills, and those that wait for late readings. */
  rows(latenessMs: i64): i32 {
    return <i32>(this.slides + (latenessMs + this.slideMs - 1) / this.slideMs + 1);
  }

  /** Number of panes the window needs for each group. */
  panes(latenessMs: i64): i32 {
    return this.rows(latenessMs) * this.fields.length;
  }
}
