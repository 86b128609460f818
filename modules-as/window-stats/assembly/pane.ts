import { Moments } from './moments';
import { LogScale, QuantileSketch } from './quantile-sketch';

/** What is kept of one field during one slide of a window; the panes of a window are merged when it closes. */
export class Pane {
  readonly moments: Moments = new Moments();
  readonly sketch: QuantileSketch;

  constructor(scale: LogScale) {
    this.sketch = new QuantileSketch(scale);
  }

  add(value: f64): void {
    this.moments.add(value);
    this.sketch.add(value);
  }

  merge(other: Pane): void {
    if (other.moments.count == 0) return;
    this.moments.merge(other.moments);
    this.sketch.merge(other.sketch);
  }

  clear(): void {
    if (this.moments.count == 0) return;
    this.moments.clear();
    this.sketch.clear();
  }
}
