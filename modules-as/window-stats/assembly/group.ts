import { LogScale } from './quantile-sketch';
import { StatsSettings } from './stats-settings';
import { Window, WindowSink } from './window';

/** The windows over the readings of one value of `groupBy`, which have an event time of their own. */
export class Group {
  readonly windows: Window[] = [];
  private newestMs: f64 = -Infinity;
  /** When the newest came, on the monotonic clock. */
  private newestAt: f64 = 0;

  constructor(
    readonly name: string,
    private settings: StatsSettings,
    scale: LogScale,
  ) {
    for (let i = 0; i < settings.windows.length; i++) {
      this.windows.push(new Window(settings.windows[i], settings.latenessMs, scale));
    }
  }

  /** Notes the time of a reading, and closes the windows that are over by it. `clockMs` is the gateway's time. */
  advance(timeMs: f64, clockMs: f64, now: f64, sink: WindowSink): void {
    // No time was accepted that far ahead: the gateway's clock was set back.
    if (this.newestMs > clockMs + this.settings.aheadMs) this.flush(sink);
    this.silence(now, sink);
    if (timeMs > this.newestMs) {
      this.newestMs = timeMs;
      this.newestAt = now;
    }
    this.close(this.newestMs, sink);
  }

  /** Closes windows by the clock when nothing new has come for long enough. */
  silence(now: f64, sink: WindowSink): void {
    const silentMs = now - this.newestAt;
    if (this.newestMs != -Infinity && silentMs >= this.settings.silenceMs) this.close(this.newestMs + silentMs, sink);
  }

  /** Closes everything that holds a reading. */
  flush(sink: WindowSink): void {
    for (let i = 0; i < this.windows.length; i++) this.windows[i].flush(sink);
    this.newestMs = -Infinity;
  }

  private close(timeMs: f64, sink: WindowSink): void {
    const watermark = <i64>timeMs - this.settings.latenessMs;
    for (let i = 0; i < this.windows.length; i++) this.windows[i].advance(watermark, sink);
  }
}
