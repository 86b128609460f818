import { Pane } from './pane';
import { LogScale } from './quantile-sketch';

const EMPTY: i64 = i64.MIN_VALUE;

/**
 * The panes of one window that may still change, each a row with one pane for each field. A row is found by the index of its
 * slide (time / slide) modulo the size; rows are made once and reused, so memory does not grow with time.
 */
export class PaneRing {
  private indexes: StaticArray<i64>;
  private panes: StaticArray<Pane>;

  constructor(
    private rows: i32,
    private fields: i32,
    scale: LogScale,
  ) {
    const panes = new StaticArray<Pane>(rows * fields);
    for (let i = 0; i < panes.length; i++) panes[i] = new Pane(scale);
    this.panes = panes;
    this.indexes = new StaticArray<i64>(rows);
    this.indexes.fill(EMPTY);
  }

  /** The pane of a field in the slide `index`, emptied first if the row held another slide. */
  open(index: i64, field: i32): Pane {
    const row = this.row(index);
    if (this.indexes[row] != index) {
      for (let i = 0; i < this.fields; i++) this.panes[row * this.fields + i].clear();
      this.indexes[row] = index;
    }
    return this.panes[row * this.fields + field];
  }

  /** The pane of a field in the slide `index`, or null when nothing came in that slide. */
  find(index: i64, field: i32): Pane | null {
    const row = this.row(index);
    return this.indexes[row] == index ? this.panes[row * this.fields + field] : null;
  }

  /** Forgets every slide. */
  clear(): void {
    this.indexes.fill(EMPTY);
  }

  private row(index: i64): i32 {
    const rest = <i32>(index % this.rows);
    return rest < 0 ? rest + this.rows : rest;
  }
}
