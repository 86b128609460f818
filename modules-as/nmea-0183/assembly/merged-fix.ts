import { clock } from '@gatehouse/sdk';
import { FIRST_OF_SYSTEM, QUANTITIES, Quantity } from './quantity';
import { Values } from './values';

/** The newest value of each quantity, whichever sentence told it, for as long as it is not stale. */
export class MergedFix {
  private values: Values = new Values();
  private atMs: StaticArray<f64> = new StaticArray<f64>(QUANTITIES);
  private isNew: bool = false;

  clear(): void {
    this.values.clear();
    this.isNew = false;
  }

  /** Takes what a sentence told. One that says that there is no fix, or no wind, takes back what depends on it. */
  take(values: Values): void {
    const now = clock.monotonic();
    for (let quantity = 0; quantity < FIRST_OF_SYSTEM; quantity++) {
      const value = values.get(quantity);
      if (isNaN(value)) continue;
      this.values.set(quantity, value);
      this.atMs[quantity] = now;
      this.isNew = true;
    }
    if (values.get(Quantity.Valid) == 0 || values.get(Quantity.Quality) == 0 || values.get(Quantity.FixMode) == 1)
      this.takeBack(Quantity.Latitude, Quantity.Variation);
    if (values.get(Quantity.WindValid) == 0) this.takeBack(Quantity.WindAngleRelative, Quantity.WindSpeedTrue);
  }

  /** What is known and not older than `staleMs`, or null when nothing came since the last time. */
  current(staleMs: i32): Values | null {
    if (!this.isNew) return null;
    this.isNew = false;
    const since = clock.monotonic() - staleMs;
    for (let quantity = 0; quantity < FIRST_OF_SYSTEM; quantity++)
      if (this.atMs[quantity] < since) this.values.set(quantity, NaN);
    return this.values;
  }

  private takeBack(from: i32, to: i32): void {
    for (let quantity = from; quantity <= to; quantity++) this.values.set(quantity, NaN);
  }
}
