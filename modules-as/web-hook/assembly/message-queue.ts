import { JsonValue, JsonWriter, kv, log, Status } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';

/** Most messages that wait, the one that is under way included. */
export const WAITING_MAX: i32 = 32;

const INDEX: string = 'waiting';

/** Messages that wait to be sent, oldest first, kept beyond the instance: an entry each, and one that lists their numbers. */
export class MessageQueue {
  private readonly bodies: string[] = [];
  private readonly numbers: f64[] = [];

  get length(): i32 {
    return this.bodies.length;
  }

  /** The message that is to be sent next. */
  get oldest(): string {
    return this.bodies[0];
  }

  /** Takes over what an instance before this one left. */
  load(): void {
    const index = kv.getText(INDEX);
    if (index === null) return;
    for (let number = JsonValue.fromText(index).first(); number.exists; number = number.next()) {
      const body = kv.getText(keyOf(number.f64()));
      if (body === null) continue;
      this.bodies.push(body);
      this.numbers.push(number.f64());
    }
  }

  /** Appends a message; there must be room. */
  add(body: string): void {
    const number = this.length == 0 ? 1 : this.numbers[this.length - 1] + 1;
    if (kv.setText(keyOf(number), body) != Status.Ok)
      log.warning('a message is not kept beyond a restart: no room in kv');
    this.bodies.push(body);
    this.numbers.push(number);
    this.saveIndex();
  }

  /** Takes one out, counted from the oldest. */
  remove(at: i32): void {
    kv.remove(keyOf(this.numbers[at]));
    this.bodies.splice(at, 1);
    this.numbers.splice(at, 1);
    this.saveIndex();
  }

  private saveIndex(): void {
    const json = JsonWriter.object().clearToArray();
    for (let i = 0; i < this.numbers.length; i++) json.add(this.numbers[i]);
    kv.setText(INDEX, json.toString());
  }
}

function keyOf(number: f64): string {
  return 'message/' + numberText(number);
}
