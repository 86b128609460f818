import { JsonWriter } from '@gatehouse/sdk';
import { isFlag, isLetter, QUANTITIES, QUANTITY_NAMES, Quantity } from './quantity';

/** A number for each quantity that is known; flags are 0 and 1, letters their code. */
export class Values {
  private numbers: StaticArray<f64> = new StaticArray<f64>(QUANTITIES);

  constructor() {
    this.clear();
  }

  clear(): void {
    this.numbers.fill(NaN);
  }

  /** NaN for what is not known. */
  get(quantity: Quantity): f64 {
    return this.numbers[quantity];
  }

  set(quantity: Quantity, value: f64): void {
    this.numbers[quantity] = value;
  }

  /** As `set`, where 0 is no letter. */
  setLetter(quantity: Quantity, letter: i32): void {
    this.numbers[quantity] = letter == 0 ? NaN : <f64>letter;
  }

  /** Writes what is known as members of the open object. */
  write(json: JsonWriter): void {
    for (let quantity = 0; quantity < QUANTITIES; quantity++) {
      const value = this.numbers[quantity];
      if (isNaN(value)) continue;
      const name = QUANTITY_NAMES[quantity];
      if (isFlag(quantity)) json.set(name, value != 0);
      else if (isLetter(quantity)) json.set(name, String.fromCharCode(<i32>value));
      else json.set(name, value);
    }
  }
}
