import { JsonWriter } from '@gatehouse/sdk';

/**
 * Writes values as members of the open object of a writer. A name that comes again gets a number: `voltageV`, `voltageV2`. What is not a
 * number is not known, and is left out.
 */
export class Members {
  private names: string[] = [];

  constructor(private json: JsonWriter) {}

  /** Begins a new object. */
  clear(): void {
    this.names.length = 0;
  }

  get count(): i32 {
    return this.names.length;
  }

  number(name: string, value: f64): void {
    // Zero is added so that -0 becomes 0.
    if (!isNaN(value)) this.json.set(this.named(name), value + 0);
  }

  flag(name: string, value: bool): void {
    this.json.set(this.named(name), value);
  }

  text(name: string, value: string): void {
    this.json.set(this.named(name), value);
  }

  private named(name: string): string {
    let times = 1;
    for (let i = 0; i < this.names.length; i++) if (this.names[i] == name) times++;
    this.names.push(name);
    return times == 1 ? name : name + times.toString();
  }
}
