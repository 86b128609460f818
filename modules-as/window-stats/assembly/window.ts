import { Pane } from './pane';
import { PaneRing } from './pane-ring';
import { LogScale } from './quantile-sketch';
import { WindowSettings } from './window-settings';

/** Gets each window that closes. */
export abstract class WindowSink {
  /** `results` has one pane for each field of the settings, some of them empty; it is reused for the next window. */
  abstract closed(window: Window, startMs: i64, endMs: i64, results: StaticArray<Pane>): void;
}

/**
 * One window definition over one stream: cuts event time into slides, keeps a pane for each, and merges the panes of a window
 * when the watermark passes its end. A tumbling window is one whose slide is its length.
 *
 * Window `k` covers the slides `k - slides + 1` to `k` and ends at `(k + 1) * slideMs`.
 */
export class Window {
  /** Readings that came too late for at least one window they belong to, since the last window closed. */
  late: u32 = 0;
  private ring: PaneRing;
  private results: StaticArray<Pane>;
  private slides: i64;
  private lastClosed: i64 = i64.MIN_VALUE;
  private newest: i64 = i64.MIN_VALUE;

  constructor(
    readonly settings: WindowSettings,
    latenessMs: i64,
    scale: LogScale,
  ) {
    this.ring = new PaneRing(settings.rows(latenessMs), settings.fields.length, scale);
    const results = new StaticArray<Pane>(settings.fields.length);
    for (let i = 0; i < results.length; i++) results[i] = new Pane(scale);
    this.results = results;
    this.slides = settings.slides;
  }

  /** Says which slide a reading belongs to, or that it is too late for every window: then false. Call `advance` first. */
  accepts(timeMs: i64): bool {
    const slide = floorDivide(timeMs, this.settings.slideMs);
    if (slide <= this.lastClosed) this.late++;
    return slide + this.slides - 1 > this.lastClosed;
  }

  /** Takes in one value of an accepted reading. */
  add(timeMs: i64, field: i32, value: f64): void {
    const slide = floorDivide(timeMs, this.settings.slideMs);
    if (slide > this.newest) this.newest = slide;
    this.ring.open(slide, field).add(value);
  }

  /** Closes every window that ends at or before the watermark. */
  advance(watermarkMs: i64, sink: WindowSink): void {
    const target = floorDivide(watermarkMs, this.settings.slideMs) - 1;
    if (this.lastClosed == i64.MIN_VALUE) this.lastClosed = target;
    if (target > this.lastClosed) this.closeUntil(target, sink);
  }

  /** Closes every window that holds something although more could come, and starts anew: the next reading may be of any time. */
  flush(sink: WindowSink): void {
    if (this.newest != i64.MIN_VALUE) this.closeUntil(this.newest + this.slides - 1, sink);
    this.ring.clear();
    this.lastClosed = i64.MIN_VALUE;
    this.newest = i64.MIN_VALUE;
  }

  private closeUntil(target: i64, sink: WindowSink): void {
    if (this.newest != i64.MIN_VALUE) {
      const end = min(target, this.newest + this.slides - 1);
      for (let k = this.lastClosed + 1; k <= end; k++) this.close(k, sink);
    }
    this.lastClosed = max(this.lastClosed, target);
  }

  private close(k: i64, sink: WindowSink): void {
    const results = this.results;
    let count: u32 = 0;
    for (let field = 0; field < results.length; field++) {
      const result = results[field];
      result.clear();
      for (let slide = k - this.slides + 1; slide <= k; slide++) {
        const pane = this.ring.find(slide, field);
        if (pane !== null) result.merge(pane);
      }
      count += result.moments.count;
    }
    if (count == 0) return;
    const end = (k + 1) * this.settings.slideMs;
    sink.closed(this, end - this.settings.lengthMs, end, results);
    this.late = 0;
  }
}

function floorDivide(value: i64, divisor: i64): i64 {
  const quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}
